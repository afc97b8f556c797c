"""On which nodes Dask workers run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Azure
from deployer.fleet.node_pools import Taint, pools
from deployer.render.tolerations import of_taint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.node_pools import Pool
    from deployer.render.subject import Subject

_GROUP = "dask"
_OF_WORKERS = ("dask-gateway", "gateway", "backend", "worker", "extraPodConfig", "tolerations")
# Azure taints spot nodes by itself: learn.microsoft.com/azure/aks/spot-node-pool
_SPOT_OF_AZURE = Taint(key="kubernetes.azure.com/scalesetpriority", value="spot", effect="NoSchedule")


def dask_nodes(subject: Subject) -> dict[str, Any]:
    """Let Dask workers run on all node pools that the cluster declares for them, on spot nodes too."""
    if subject.own_value("dask-gateway", "enabled") is not True:
        return {}
    tolerated = list(subject.own_value(*_OF_WORKERS) or ())
    for pool in pools(subject.cluster):
        if pool.group == _GROUP:
            tolerated += [
                each for taint in _taints(subject, pool) if (each := of_taint(taint)) not in tolerated
            ]
    if tolerated == (subject.own_value(*_OF_WORKERS) or []):
        return {}
    worker = {"extraPodConfig": {"tolerations": tolerated}}
    return {"dask-gateway": {"gateway": {"backend": {"worker": worker}}}}


def _taints(subject: Subject, pool: Pool) -> Iterator[Taint]:
    yield from pool.taints
    if pool.spot and isinstance(subject.cluster.provider, Azure):
        yield _SPOT_OF_AZURE
