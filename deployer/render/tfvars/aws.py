"""The variables of terraform/aws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.node_pools import pools
from deployer.render.tfvars.aws_limits import problems
from deployer.render.tfvars.contract import common_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Aws, Cluster
    from deployer.fleet.node_pools import Pool

_ZONES_OF_EKS = 2


def variables(cluster: Cluster, provider: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a cluster on AWS; `asked` is its `infrastructure`."""
    zones = asked.get("zones", [])
    if len(zones) < _ZONES_OF_EKS:
        raise DeployerError(
            f"{cluster.name}: EKS wants subnets in two zones at least",
            hint=f"say `zones: [{provider.region}a, {provider.region}b]` under `infrastructure`",
        )
    wrong = problems(cluster.name, provider, asked, pools(cluster))
    if wrong:
        raise DeployerError(
            "\n".join(f"{cluster.name}: {each}" for each in wrong),
            hint=f"mend `infrastructure` in {cluster.document.path}; nothing was done",
        )
    common = common_variables(cluster, asked, _has_gpus)
    for pool in pools(cluster):
        common["node_pools"][pool.name]["arch"] = pool.type.arch if pool.type else "amd64"
    return {
        **common,
        "account": provider.account,
        "cluster_name": provider.cluster,
        "region": provider.region,
        **({"tags": asked["tags"]} if "tags" in asked else {}),
        "zones": zones,
    }


def _has_gpus(pool: Pool) -> bool:
    return bool(pool.type and pool.type.gpus) or bool(pool.attached)
