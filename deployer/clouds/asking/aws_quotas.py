"""AWS: the quotas that node pools and networks come up against, as Service Quotas has them.

The codes are of docs.aws.amazon.com/general/latest/gr (ec2-service, vpc-service, eks, rds-service),
2026-11-27.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from deployer.clouds.asking import Quota, Unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.clouds.asking import Asker, Pool, Wanted

# Families by how machine types begin; the codes are of on-demand and of spot, in vCPUs.
_FAMILIES = (
    (r"dl[0-9]", "DL", "L-6E869C2A", "L-85EED4F7"),
    (r"hpc[0-9]", "HPC", "L-F7808C92", None),
    (r"inf[0-9]", "Inf", "L-1945791B", "L-B5D1601B"),
    (r"trn[0-9]", "Trn", "L-2C3B7624", "L-6B0D517C"),
    (r"u-|u[0-9]", "High Memory", "L-43DA4232", None),
    (r"g[0-9r]|vt[0-9]", "G and VT", "L-DB2E81BA", "L-3819A6DF"),
    (r"f[0-9]", "F", "L-74FC7D96", "L-88CF9481"),
    (r"p5", "P5", "L-417A185B", "L-C4BD4855"),
    (r"p[0-9]", "P", "L-417A185B", "L-7212CCBC"),
    (r"x[0-9]", "X", "L-7295265B", "L-E3A00192"),
    (r"[acdhimrtz][0-9]|is4gen|im4gn", "Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08"),
)
# What a plan makes: the type, service and code of its quota, what it is called, and how the used are counted.
_COUNTED = (
    ("aws_eip", "ec2", "L-0263D0A3", "elastic IP addresses", "ec2 describe-addresses", "Addresses"),
    ("aws_vpc", "vpc", "L-F678F1CE", "VPCs of the region", "ec2 describe-vpcs", "Vpcs"),
    ("aws_eks_cluster", "eks", "L-1194D53C", "EKS clusters of the region", "eks list-clusters", "clusters"),
    (
        "aws_db_instance",
        "rds",
        "L-7B6409FD",
        "databases of the region",
        "rds describe-db-instances",
        "DBInstances",
    ),
)
_GROUPS = ("eks", "L-6D54EA21", "managed node groups of a cluster")
_NODES = ("eks", "L-BD136A63", "nodes of a managed node group")
_NAT_GATEWAYS = ("vpc", "L-FE5A380F", "NAT gateways of a zone")


def quotas(asker: Asker, wanted: Wanted) -> list[Quota]:
    """Return the quotas of what the pools want at their largest, and of what the plan makes."""
    return [*_processors(asker, wanted), *_counts(asker, wanted), *_of_the_cluster(asker, wanted)]


def family(pool: Pool) -> tuple[str, str | None]:
    """Return what AWS calls the family of a pool's machines, and the code of its quota; None if unknown."""
    for begins, name, demand, spot in _FAMILIES:
        if re.match(begins, pool.machine):
            return name, spot if pool.spot else demand
    return pool.machine, None


def _processors(asker: Asker, wanted: Wanted) -> Iterator[Quota]:
    sums: dict[tuple[str, str], int] = {}
    for pool in wanted.pools:
        name, code = family(pool)
        what = f"vCPUs {'spot' if pool.spot else 'on demand'}: {name}"
        if code is None or pool.type is None:
            reason = f"machines of the type {pool.machine} are not in our table"
            yield Quota(what=f"vCPUs of node pool {pool.name}", wanted=pool.nodes, reason=reason)
            continue
        sums[what, code] = sums.get((what, code), 0) + pool.nodes * pool.type.cpu
    for (what, code), count in sums.items():
        yield _quota(asker, "ec2", code, what, count, measured=wanted.new)


def _counts(asker: Asker, wanted: Wanted) -> Iterator[Quota]:
    for kind, service, code, what, command, key in _COUNTED:
        count = wanted.made.get(kind, 0)
        if not count:
            continue
        try:
            argv = ["aws", *command.split(), f"--region={asker.variables['region']}", "--output=json"]
            used: int | None = len(asker.json(argv)[key])
        except Unanswered:
            used = None
        yield _quota(asker, service, code, what, count, used=used)


def _of_the_cluster(asker: Asker, wanted: Wanted) -> Iterator[Quota]:
    if not wanted.pools:
        return
    largest = max(pool.nodes for pool in wanted.pools)
    yield _quota(asker, *_GROUPS, len(wanted.pools))
    yield _quota(asker, *_NODES, largest)
    if wanted.made.get("aws_nat_gateway"):
        yield _quota(asker, *_NAT_GATEWAYS, wanted.made["aws_nat_gateway"])


def _quota(
    asker: Asker,
    service: str,
    code: str,
    what: str,
    count: int,
    *,
    used: float | None = None,
    measured: bool = False,
) -> Quota:
    region = asker.variables["region"]
    more = (
        f"aws service-quotas request-service-quota-increase --region={region} --service-code={service} "
        f"--quota-code={code} --desired-value={count + round(used or 0)}"
    )
    try:
        found = _ask(asker, service, code)
    except Unanswered as error:
        return Quota(what=what, wanted=count, used=used, more=more, reason=error.message)
    if measured and used is None:
        used = _measured(asker, found)
    return Quota(what=what, wanted=count, limit=found["Value"], used=used, more=more)


def _ask(asker: Asker, service: str, code: str) -> Mapping[str, Any]:
    region = asker.variables["region"]
    options = [f"--region={region}", f"--service-code={service}", f"--quota-code={code}", "--output=json"]
    try:
        said = asker.json(["aws", "service-quotas", "get-service-quota", *options])
    except Unanswered as error:
        # Nobody ever changed it: there is its default only.
        if "NoSuchResource" not in error.message:
            raise
        said = asker.json(["aws", "service-quotas", "get-aws-default-service-quota", *options])
    found: Mapping[str, Any] = said["Quota"]
    return found


def _measured(asker: Asker, quota: Mapping[str, Any]) -> float | None:
    """Return how much of a quota was used in the last hour, None when nothing measures that."""
    metric = quota.get("UsageMetric")
    if not metric:
        return None
    statistic = metric.get("MetricStatisticRecommendation", "Maximum")
    argv = [
        "aws",
        "cloudwatch",
        "get-metric-statistics",
        f"--region={asker.variables['region']}",
        f"--namespace={metric['MetricNamespace']}",
        f"--metric-name={metric['MetricName']}",
        "--dimensions",
        *(f"Name={name},Value={value}" for name, value in sorted(metric["MetricDimensions"].items())),
        f"--start-time={(asker.now - timedelta(hours=1)).isoformat(timespec='seconds')}",
        f"--end-time={asker.now.isoformat(timespec='seconds')}",
        "--period=3600",
        f"--statistics={statistic}",
        "--output=json",
    ]
    try:
        points = asker.json(argv)["Datapoints"]
    except Unanswered:
        return None
    # What is not used is not measured either.
    return max((float(point[statistic]) for point in points), default=0.0)
