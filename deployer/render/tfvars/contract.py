"""The variables that the root modules of all clouds have: pools, homes, buckets, what hubs may do."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from deployer.fleet.freezes import spans
from deployer.fleet.infrastructure import ci_subject
from deployer.fleet.node_pools import pools
from deployer.fleet.uptime import by_the_cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool
    from deployer.fleet.uptime import Check

_PURPOSE = {
    "core": ("hub.jupyter.org/node-purpose", "core", None),
    "notebooks": ("hub.jupyter.org/node-purpose", "user", "hub.jupyter.org/dedicated"),
    "gpu": ("hub.jupyter.org/node-purpose", "user", "hub.jupyter.org/dedicated"),
    "dask": ("k8s.dask.org/node-purpose", "worker", "k8s.dask.org/dedicated"),
}
"""For a group of pools the label by which z2jh and dask-gateway find their nodes, and the taint's key."""
_AS_SAID = (
    "admins",
    "budget",
    "cost_export",
    "databases",
    "deletion_protection",
    "dns",
    "identities",
    "logs",
    "maintenance",
    "network",
    "secrets_key",
    "support",
)
"""Keys of `infrastructure` that are variables as they are."""
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_GITHUB = "https://token.actions.githubusercontent.com"
_SERVICE_ACCOUNT = "user-sa"
"""The service account that users' servers and Dask's workers have, see render/topics/people.py."""


def common_variables(
    cluster: Cluster, asked: Mapping[str, Any], gpu: Callable[[Pool], Any]
) -> dict[str, Any]:
    """Return the variables but those of a cloud's own. `gpu` says what a pool's `gpu` is for the module."""
    return {
        "kubernetes_version": asked.get("kubernetes_version", cluster.kubernetes_version),
        "name": cluster.name,
        **_whole(asked, *_AS_SAID),
        **_for_ci(asked),
        **_freezes(cluster),
        **_uptime(cluster, asked),
        "buckets": {name: bucket or {} for name, bucket in asked.get("buckets", {}).items()},
        "home_storage": {each["name"]: dict(_storage(each)) for each in asked.get("home_storage", [])},
        "node_pools": _pools(cluster, asked.get("zones", []), gpu),
        "permissions": dict(_permissions(asked)),
        "registries": {name: registry or {} for name, registry in asked.get("registries", {}).items()},
    }


def _whole(asked: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: asked[key] for key in keys if asked.get(key) is not None}


def _for_ci(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return who vouches for CI, and for which of its jobs."""
    ci = asked.get("ci")
    return {} if ci is None else {"ci": {"issuer": _GITHUB, "subjects": [ci_subject(ci)]}}


def _freezes(cluster: Cluster) -> dict[str, Any]:
    """Return when the cloud is to keep its hands off, past times included: no day changes a plan."""
    found = {
        f"freeze-{_utc(begins):%Y%m%d-%H%M%S}": {
            "start": f"{_utc(begins):{_MOMENT}}",
            "end": f"{_utc(ends):{_MOMENT}}",
        }
        for begins, ends in spans(cluster)
    }
    return {"freezes": found} if found else {}


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _uptime(cluster: Cluster, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cloud looks at from outside."""
    uptime = asked.get("uptime")
    if uptime is None:
        return {}
    checks = {each.name: _check(each) for each in by_the_cloud(cluster)}
    return {"uptime": {**uptime, "checks": checks}}


def _check(check: Check) -> dict[str, Any]:
    return {name: getattr(check, name) for name in ("host", "path", "port", "status", "url")}


def _storage(asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("kind", "size", "zone"):
        if key in asked:
            yield key, asked[key]
    snapshots = asked["snapshots"]
    if snapshots is not False:
        yield "snapshots", {"keep": snapshots["keep"], **_whole(snapshots, "region")}


def _pools(cluster: Cluster, zones: Sequence[str], gpu: Callable[[Pool], Any]) -> dict[str, Any]:
    return {pool.name: _pool(pool, zones, gpu(pool)) for pool in pools(cluster)}


def _pool(pool: Pool, zones: Sequence[str], gpu: Any) -> dict[str, Any]:
    declared = pool.declared
    label, value, taint = _PURPOSE[pool.group]
    taints = [{"key": each.key, "value": each.value, "effect": each.effect} for each in pool.taints]
    if taint and all(each["key"] != taint for each in taints):
        taints.append({"key": taint, "value": value, "effect": "NoSchedule"})
    found = {
        "gpu": gpu,
        "labels": {label: value, **{key: str(each) for key, each in pool.labels.items()}},
        "machine": pool.machine,
        "max": pool.most,
        "min": pool.least,
        "spot": pool.spot,
        "tags": dict(declared.get("tags", {})),
        "taints": taints,
        **_whole(declared, "disk", "zones"),
    }
    return {**found, "generation": _generation(found, zones)}


def _generation(pool: Mapping[str, Any], zones: Sequence[str]) -> str:
    """Return what changes when nodes have to be other ones: as part of a name, new come before old go."""
    lasting = [pool["machine"], pool["spot"], pool["gpu"], pool.get("zones") or zones[:1] or None]
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()[:6]


def _permissions(asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for hub, granted in asked.get("permissions", {}).items():
        yield hub, {**granted, "service_account": _SERVICE_ACCOUNT}
