"""Whether a new account lets a cluster's node pools grow as far as they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.kubernetes_said import cloud as cloud_of
from deployer.fleet.limits import built
from deployer.fleet.limits.quotas import needs
from deployer.fleet.limits.regions import region
from deployer.fleet.node_pools import pools
from deployer.fleet.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.limits.quotas import Need
    from deployer.fleet.model import Cluster, Fleet

_MOST_NAMED = 3


@rule("warning")
def cloud_quota(fleet: Fleet) -> Iterator[Finding]:
    """Question node pools that may need more than an account has by default.

    The nodes that are one too many never come, and people wait for servers. It takes a cloud days to grant
    more, of GPUs sometimes weeks, so ask in time; then say under `infrastructure.quotas` what was granted.
    What one cluster needs is counted: others in the same account need as much again.
    """
    for cluster in fleet.clusters:
        asked, cloud = built(cluster), cloud_of(cluster)
        if asked is None or cloud is None:
            continue
        granted = asked.get("quotas", {})
        for need in needs(cloud, pools(cluster)):
            if need.amount > granted.get(need.code, need.default):
                largest = need.largest
                yield Finding(cluster.document, (*largest.at, "max"), _told(cluster, cloud, need, granted))


RULES = (cloud_quota,)


def _told(cluster: Cluster, cloud: str, need: Need, granted: dict[str, int]) -> str:
    names = [pool.name for pool in need.pools]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    who = f"node pool{'s' if len(names) > 1 else ''} {', '.join(names[:_MOST_NAMED])}{more}"
    has = f"{granted[need.code]} were granted" if need.code in granted else f"an account has {need.default}"
    told = f"{who} may need {need.amount} {need.of} of `{need.name}`, and {has}"
    return f"{told}: {_how(cluster, cloud, need)}, then say `quotas: {{{need.code}: {need.amount}}}`"


def _how(cluster: Cluster, cloud: str, need: Need) -> str:
    if cloud == "gcp":
        return "ask for more in the console, under IAM & Admin, Quotas"
    if cloud == "azure":
        return "ask for more in the portal, under Quotas, Compute"
    return (
        f"ask with `aws service-quotas request-service-quota-increase --region {region(cluster)} "
        f"--service-code {need.service} --quota-code {need.code} --desired-value {need.amount}`"
    )
