"""The variables of terraform/aws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.node_pools import pools
from deployer.render.tfvars.contract import common_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Aws, Cluster
    from deployer.fleet.node_pools import Pool


def variables(cluster: Cluster, provider: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a cluster on AWS; `asked` is its `infrastructure`."""
    common = common_variables(cluster, asked, _has_gpus)
    # EKS changes nothing by itself.
    for key in ("freezes", "maintenance"):
        common.pop(key, None)
    for pool in pools(cluster):
        common["node_pools"][pool.name]["arch"] = pool.type.arch if pool.type else "amd64"
    return {
        **common,
        "account": provider.account,
        "cluster_name": provider.cluster,
        "region": provider.region,
        **({"tags": asked["tags"]} if "tags" in asked else {}),
        "zones": asked["zones"],
    }


def _has_gpus(pool: Pool) -> bool:
    return bool(pool.type and pool.type.gpus) or bool(pool.attached)
