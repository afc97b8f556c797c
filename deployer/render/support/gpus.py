"""GPUs of nodes, where the cloud tells Kubernetes of none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Aws, Azure
from deployer.fleet.node_pools import pools

if TYPE_CHECKING:
    from deployer.fleet.node_pools import Pool
    from deployer.render.support.subject import SupportSubject


def gpus(subject: SupportSubject) -> dict[str, Any]:
    """Make GPUs of node pools known on EKS and AKS; GKE does it by itself."""
    if not any(map(_has_gpus, pools(subject.cluster))):
        return {}
    match subject.cluster.provider:
        case Aws():
            return {"nvidiaDevicePlugin": {"aws": {"enabled": True}}}
        case Azure():
            return {"nvidiaDevicePlugin": {"azure": {"enabled": True}}}
        case _:
            return {}


def _has_gpus(pool: Pool) -> bool:
    return bool(pool.attached or (pool.type and pool.type.gpus))
