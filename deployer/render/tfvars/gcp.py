"""The variables of terraform/gcp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.gcp_gpus import count, kind
from deployer.fleet.limits.gcp_names import legal
from deployer.fleet.limits.regions import region
from deployer.render.tfvars.contract import common_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster, Gcp
    from deployer.fleet.node_pools import Pool


def variables(cluster: Cluster, provider: Gcp, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a cluster on Google Cloud; `asked` is its `infrastructure`."""
    found = {
        **common_variables(cluster, asked, _gpu),
        "cluster_name": provider.cluster,
        "labels": _labels(asked.get("tags", {})),
        "location": provider.location,
        "project": provider.project,
        "region": region(cluster),
        "zones": asked.get("zones") or [provider.location],
    }
    for pool in found["node_pools"].values():
        pool["tags"] = _labels(pool["tags"])
    return found


def _gpu(pool: Pool) -> dict[str, Any] | None:
    """Return type, count and sharing of the GPUs that nodes have, attached or of the machine type."""
    if not count(pool):
        return None
    said = pool.declared.get("gpu") or {}
    sharing = {"sharing": said["sharing"]} if "sharing" in said else {}
    return {"type": kind(pool), "count": count(pool), **sharing}


def _labels(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as labels."""
    return {legal(tag): legal(value) for tag, value in tags.items()}
