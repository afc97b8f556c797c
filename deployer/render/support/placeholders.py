"""Room that is kept in node pools: on which nodes the pods are that keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.node_pools import MACHINE, pool_named
from deployer.render.tolerations import OF_USERS, of_taint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.node_pools import Pool
    from deployer.render.support.subject import SupportSubject

_USERS = ("hub.jupyter.org/node-purpose", "user")
_WORKERS = ("k8s.dask.org/node-purpose", "worker")


def placeholders(subject: SupportSubject) -> dict[str, Any]:
    """Keep room where a pool has its nodes, else where users have theirs, unless a file says where."""
    asked = subject.own_value("placeholders") or {}
    found = {name: placed for name, each in asked.items() if (placed := _placed(subject, name, each or {}))}
    return {"placeholders": found} if found else {}


def _placed(subject: SupportSubject, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    pool = pool_named(subject.cluster, name)
    usual = {"nodeSelector": _labels(pool), "tolerations": _tolerations(pool)}
    return {key: value for key, value in usual.items() if key not in said}


def _labels(pool: Pool | None) -> dict[str, str]:
    purpose, value = _WORKERS if pool and pool.group == "dask" else _USERS
    if pool is None:
        return {purpose: value}
    own = {label: str(each) for label, each in pool.labels.items()}
    return {purpose: value, **own, **({MACHINE: pool.machine} if pool.machine else {})}


def _tolerations(pool: Pool | None) -> list[dict[str, Any]]:
    own = [of_taint(taint) for taint in pool.taints] if pool else []
    if pool and pool.group == "dask":
        own += [
            {"key": key, "operator": "Equal", "value": "worker", "effect": "NoSchedule"}
            for key in ("k8s.dask.org/dedicated", "k8s.dask.org_dedicated")
        ]
    return [*OF_USERS, *own]
