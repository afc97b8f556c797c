"""Service Quotas: those of EC2 and EKS, of which moto has none; it has those of VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.infra.aws.call import Refused

if TYPE_CHECKING:
    from tests.infra.aws.call import Call

_APPLIED = {
    # What an account has that has been there for a while; new ones have 5.
    ("ec2", "L-1216C47A"): 64.0,
    ("ec2", "L-0263D0A3"): 5.0,
    ("eks", "L-1194D53C"): 100.0,
    ("eks", "L-6D54EA21"): 30.0,
}
_DEFAULTS = {**_APPLIED, ("ec2", "L-34B43A08"): 5.0, ("eks", "L-BD136A63"): 450.0}
_MEASURED = {
    "L-1216C47A": {
        "MetricNamespace": "AWS/Usage",
        "MetricName": "ResourceCount",
        "MetricDimensions": {
            "Class": "Standard/OnDemand",
            "Resource": "vCPU",
            "Service": "EC2",
            "Type": "Resource",
        },
        "MetricStatisticRecommendation": "Maximum",
    }
}


class ServiceQuotas:
    """Quotas that nobody ever changed have defaults only, as those of AWS."""

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks."""
        if call.body.get("ServiceCode") == "vpc":
            return None
        known = {"GetServiceQuota": _APPLIED, "GetAWSDefaultServiceQuota": _DEFAULTS}.get(call.action)
        if known is None:
            return None
        key = (call.body["ServiceCode"], call.body["QuotaCode"])
        if key not in known:
            raise Refused("NoSuchResourceException", f"no such quota: {key}")
        metric = {"UsageMetric": _MEASURED[key[1]]} if key[1] in _MEASURED else {}
        return {"Quota": {"ServiceCode": key[0], "QuotaCode": key[1], "Value": known[key], **metric}}

    def complete(self, call: Call) -> None:
        """Add nothing."""
