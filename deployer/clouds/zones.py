"""How programs in a cluster change a DNS zone of its cloud, as an identity that outputs.yaml names."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Aws, Azure, Gcp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster


@dataclass(frozen=True, kw_only=True)
class ZoneAccess:
    """What the charts are told, in their own words.

    `external_dns` are values of ExternalDNS' chart, `solver` a `dns01` solver of cert-manager, and
    `cert_manager` values of its chart. `zone` is the zone's name.
    """

    zone: str
    external_dns: Mapping[str, Any]
    solver: Mapping[str, Any]
    cert_manager: Mapping[str, Any] = field(default_factory=dict)


def zone_access(cluster: Cluster) -> ZoneAccess | None:
    """Return it for the zone of a cluster; None where the cluster has none, or nothing may change it."""
    zone = cluster.outputs.get("dns")
    if not isinstance(zone, dict) or not zone.get("identity"):
        return None
    match cluster.provider:
        case Aws(region=region):
            return _aws(zone, region)
        case Gcp(project=project):
            return _gcp(zone, project)
        case Azure():
            return _azure(zone)
        case _:
            return None


def _aws(zone: Mapping[str, Any], region: str) -> ZoneAccess:
    account = _account("eks.amazonaws.com/role-arn", zone)
    return ZoneAccess(
        zone=zone["zone"],
        external_dns={
            "provider": {"name": "aws"},
            **account,
            "env": [{"name": "AWS_DEFAULT_REGION", "value": region}],
            "extraArgs": {"zone-id-filter": zone["id"]},
        },
        solver={"route53": {"region": region, "hostedZoneID": zone["id"]}},
        cert_manager=account,
    )


def _gcp(zone: Mapping[str, Any], project: str) -> ZoneAccess:
    account = _account("iam.gke.io/gcp-service-account", zone)
    return ZoneAccess(
        zone=zone["zone"],
        external_dns={
            "provider": {"name": "google"},
            **account,
            "extraArgs": {"google-project": project},
        },
        solver={"cloudDNS": {"project": project, "hostedZoneName": zone["id"]}},
        cert_manager=account,
    )


def _azure(zone: Mapping[str, Any]) -> ZoneAccess:
    # /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Network/dnsZones/<zone>
    _, _, subscription, _, group, *_ = zone["id"].split("/")
    settings = {"subscriptionId": subscription, "resourceGroup": group, "useWorkloadIdentityExtension": True}
    labels = {"podLabels": {"azure.workload.identity/use": "true"}}
    return ZoneAccess(
        zone=zone["zone"],
        external_dns={
            "provider": {"name": "azure"},
            **_account("azure.workload.identity/client-id", zone),
            **labels,
            "secretConfiguration": {
                "enabled": True,
                "mountPath": "/etc/kubernetes/",
                "data": {"azure.json": json.dumps(settings)},
            },
        },
        solver={
            "azureDNS": {
                "subscriptionID": subscription,
                "resourceGroupName": group,
                "hostedZoneName": zone["zone"],
                "environment": "AzurePublicCloud",
                "managedIdentity": {"clientID": zone["identity"]},
            }
        },
        cert_manager=labels,
    )


def _account(annotation: str, zone: Mapping[str, Any]) -> dict[str, Any]:
    return {"serviceAccount": {"annotations": {annotation: zone["identity"]}}}
