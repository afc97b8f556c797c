"""The variables that the root modules of all clouds have: pools, homes, buckets, what hubs may do."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.node_pools import pools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool

_PURPOSE = {
    "core": ("hub.jupyter.org/node-purpose", "core", None),
    "notebooks": ("hub.jupyter.org/node-purpose", "user", "hub.jupyter.org/dedicated"),
    "gpu": ("hub.jupyter.org/node-purpose", "user", "hub.jupyter.org/dedicated"),
    "dask": ("k8s.dask.org/node-purpose", "worker", "k8s.dask.org/dedicated"),
}
"""For a group of pools the label by which z2jh and dask-gateway find their nodes, and the taint's key."""
_MOST_NODES = 20
_SERVICE_ACCOUNT = "user-sa"
"""The service account that users' servers and Dask's workers have, see render/topics/people.py."""


def common_variables(
    cluster: Cluster, asked: Mapping[str, Any], gpu: Callable[[Pool], Any]
) -> dict[str, Any]:
    """Return the variables but those of a cloud's own. `gpu` says what a pool's `gpu` is for the module.

    Raises:
        DeployerError: there are no pools, two of one name, or what is asked for contradicts itself.
    """
    return {
        "kubernetes_version": asked.get("kubernetes_version", cluster.kubernetes_version),
        "name": cluster.name,
        **_whole(asked, "budget", "network"),
        "buckets": {name: bucket or {} for name, bucket in asked.get("buckets", {}).items()},
        "home_storage": {each["name"]: dict(_storage(each)) for each in asked.get("home_storage", [])},
        "node_pools": _pools(cluster, asked.get("zones", []), gpu),
        "permissions": dict(_permissions(asked)),
    }


def _whole(asked: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: asked[key] for key in keys if asked.get(key) is not None}


def _storage(asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("kind", "size", "zone"):
        if key in asked:
            yield key, asked[key]
    snapshots = asked["snapshots"]
    if snapshots is not False:
        yield "snapshots", {"keep": snapshots["keep"]}


def _pools(cluster: Cluster, zones: Sequence[str], gpu: Callable[[Pool], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pool in pools(cluster):
        if pool.name in found:
            raise DeployerError(
                f"{cluster.name}: two node pools are called {pool.name}",
                hint="give pools in a list a `name` each, or write them as a map by their names",
            )
        found[pool.name] = _pool(cluster, pool, zones, gpu(pool))
    if not found:
        raise DeployerError(
            f"{cluster.name} has no node pools",
            hint="declare `core` and `notebooks` under `infrastructure.node_pools`",
        )
    return found


def _pool(cluster: Cluster, pool: Pool, zones: Sequence[str], gpu: Any) -> dict[str, Any]:
    declared = pool.declared
    label, value, taint = _PURPOSE[pool.group]
    taints = [{"key": each.key, "value": each.value, "effect": each.effect} for each in pool.taints]
    if taint and all(each["key"] != taint for each in taints):
        taints.append({"key": taint, "value": value, "effect": "NoSchedule"})
    least = declared.get("min", 1 if pool.group == "core" else 0)
    found = {
        "gpu": gpu,
        "labels": {label: value, **{key: str(each) for key, each in pool.labels.items()}},
        "machine": pool.machine,
        "max": declared.get("max", max(_MOST_NODES, least)),
        "min": least,
        "spot": pool.spot,
        "tags": dict(declared.get("tags", {})),
        "taints": taints,
        **_whole(declared, "disk", "zones"),
    }
    if found["max"] < found["min"]:
        raise DeployerError(
            f"{cluster.name}: node pool {pool.name}: `max` is less than `min`",
            hint="`min` nodes are always there, and `max` is the most that there will ever be",
        )
    return {**found, "generation": _generation(found, zones)}


def _generation(pool: Mapping[str, Any], zones: Sequence[str]) -> str:
    """Return what changes when nodes have to be other ones: as part of a name, new come before old go."""
    lasting = [pool["machine"], pool["spot"], pool["gpu"], pool.get("zones") or zones[:1] or None]
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()[:6]


def _permissions(asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    buckets = asked.get("buckets", {})
    for hub, granted in asked.get("permissions", {}).items():
        for bucket in (*granted["read"], *granted["write"]):
            if bucket not in buckets:
                raise DeployerError(
                    f"permissions of {hub}: no such bucket: {bucket}",
                    hint=f"`infrastructure.buckets` has {', '.join(buckets) or 'none'}",
                )
        yield hub, {**granted, "service_account": _SERVICE_ACCOUNT}
