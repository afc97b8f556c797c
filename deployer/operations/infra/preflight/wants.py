"""What a cluster wants at its largest, as quotas count it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.clouds.asking import Pool, Wanted
from deployer.clouds.resources.kubernetes import CONTROL_PLANES
from deployer.fleet import node_pools

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

_DISK = 100
"""The default of the modules, in GB."""


def wanted(cluster: Cluster, variables: Mapping[str, Any], made: Mapping[str, int]) -> Wanted:
    """Return what all node pools want at once, and what the plan makes of networks and addresses."""
    given = variables["node_pools"]
    return Wanted(
        pools=tuple(
            _pool(pool, given[pool.name]) for pool in node_pools.pools(cluster) if pool.name in given
        ),
        made=made,
        new=any(made.get(kind) for kind in CONTROL_PLANES),
        private=variables.get("network", {}).get("private_nodes", True),
    )


def _pool(pool: node_pools.Pool, given: Mapping[str, Any]) -> Pool:
    gpu = given.get("gpu")
    attached = gpu if isinstance(gpu, Mapping) else {}
    own = pool.type
    return Pool(
        name=pool.name,
        machine=pool.machine,
        type=own,
        nodes=given["max"],
        disk=given.get("disk") or _DISK,
        spot=pool.spot,
        gpu=attached.get("type") or (own.gpu if own else None) or "",
        gpus=attached.get("count") or (own.gpus if own else 0),
    )
