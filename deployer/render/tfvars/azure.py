"""The variables of terraform/azure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.limits.azure import system_pool
from deployer.fleet.node_pools import pools
from deployer.render.tfvars.contract import common_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Azure, Cluster

_NEEDED = {"location": "westeurope", "subscription": "00000000-0000-0000-0000-000000000000"}
"""What cluster.yaml has to say of a cluster that is to be built, and not of another: such as these."""


def variables(cluster: Cluster, provider: Azure, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a cluster on Azure; `asked` is its `infrastructure`.

    Raises:
        DeployerError: cluster.yaml does not say where.
    """
    for key, example in _NEEDED.items():
        if not getattr(provider, key):
            raise DeployerError(
                f"{cluster.name}: in which {key} of Azure is it to be built?",
                hint=f"say `{key}: {example}` under `azure`",
            )
    declared = pools(cluster)
    common = common_variables(cluster, asked, lambda _pool: None)
    for pool in declared:
        found = common["node_pools"][pool.name]
        # Machine types bring their own GPUs, with drivers.
        del found["gpu"]
        found["system"] = pool.group == "core"
    for bucket in common["buckets"].values():
        bucket.pop("requester_pays", None)
    return {
        **common,
        "cluster_name": provider.cluster,
        "location": provider.location,
        "resource_group": provider.resource_group,
        "subscription": provider.subscription,
        "system_pool": system_pool(declared),
        **({"tags": asked["tags"]} if "tags" in asked else {}),
        "zones": asked.get("zones", []),
    }
