"""What Azure takes, and what it does not have.

- zones: learn.microsoft.com/azure/reliability/availability-zones-overview
- AKS: learn.microsoft.com/azure/aks/quotas-skus-regions, .../use-system-pools
- logs: learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
- shares: learn.microsoft.com/azure/storage/files/understanding-billing
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from deployer.fleet.limits import azure_names, azure_network, records, successors
from deployer.fleet.limits.limit import Limit, at, zones, zones_said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.model import Azure, Cluster
    from deployer.fleet.node_pools import Pool

_CORE = "core"
_ZONES = ("1", "2", "3")
_MOST_NODES = 1000
_MOST_POOLS = 100
_LEAST_DISK = 30
"""In GB: the images of AKS are as large."""
_LEAST_SHARE = 100
"""In GiB: the least of a premium share."""
_KEEP_DAYS = range(30, 731)
_POOL = re.compile(r"[a-z].*")
"""A pool's name begins with what the pool is called here."""


def system_pool(declared: Sequence[Pool]) -> str:
    """Return the core pool that is a part of the cluster: `core`, or the first by name; "" without any."""
    names = sorted(pool.name for pool in declared if pool.group == _CORE)
    return _CORE if _CORE in names else next(iter(names), "")


def limits(cluster: Cluster, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield what Azure would refuse of the infrastructure of a cluster."""
    group = cast("Azure", cluster.provider).resource_group
    yield from azure_names.limits(cluster.name, group, asked, declared)
    yield from _buckets(asked.get("buckets", {}))
    yield from _zones(asked, declared)
    yield from azure_network.limits(asked.get("network", {}), declared)
    yield from _pools(declared)
    yield from successors.limits(declared)
    yield from _system(declared)
    yield from _storage(asked.get("home_storage", []))
    yield from _sign_in(asked)
    yield from _identities(asked.get("identities", {}))
    days = asked.get("logs", {}).get("keep_days", _KEEP_DAYS[0])
    if days not in _KEEP_DAYS:
        message = (
            f"`logs.keep_days`: Azure keeps logs for {_KEEP_DAYS[0]} to {_KEEP_DAYS[-1]} days, not {days}"
        )
        yield Limit(at("logs", "keep_days"), message, f"say `keep_days: {_KEEP_DAYS[0]}` or more")
    if "dns" in asked:
        yield from records.limits(asked["dns"])


def _buckets(buckets: Mapping[str, Any]) -> Iterator[Limit]:
    for bucket, said in buckets.items():
        if (said or {}).get("requester_pays"):
            message = f"bucket {bucket}: on Azure it is always the owner who pays"
            yield Limit(at("buckets", bucket, "requester_pays"), message, "leave `requester_pays` out")


def _zones(asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    for place, what, zone in zones_said(asked, declared):
        if zone not in _ZONES:
            hint = 'in each region they are called `"1"`, `"2"` and `"3"`'
            yield Limit(place, f"{what}zones of Azure are numbers, and none is called {zone}", hint)
        elif what and not zones(asked):
            message = f"{what}zone {zone}, and `zones` does not say that the cluster has any"
            yield Limit(place, message, "say which it has under `infrastructure`")


def _pools(declared: Sequence[Pool]) -> Iterator[Limit]:
    if len(declared) > _MOST_POOLS:
        yield Limit(at("node_pools"), f"AKS takes {_MOST_POOLS} node pools at most", "put some together")
    for pool in declared:
        what = f"node pool {pool.name}"
        if not _POOL.fullmatch(pool.name):
            yield Limit(pool.at, f"{what}: names of pools on Azure begin with a small letter", "call it so")
        if pool.most > _MOST_NODES:
            message = f"{what}: AKS takes {_MOST_NODES} nodes in a pool at most"
            yield Limit((*pool.at, "max"), message, f"say `max: {_MOST_NODES}` or less")
        if pool.declared.get("disk", _LEAST_DISK) < _LEAST_DISK:
            message = f"{what}: a disk has {_LEAST_DISK} GB at least on AKS"
            yield Limit((*pool.at, "disk"), message, f"say `disk: {_LEAST_DISK}` or more; absent, it is 100")
        for key in ("type", "sharing"):
            if key in (pool.declared.get("gpu") or {}):
                message = f"{what}: machines of Azure have GPUs of their own, which nothing shares"
                yield Limit((*pool.at, "gpu", key), message, f"leave `{key}` out")


def _system(declared: Sequence[Pool]) -> Iterator[Limit]:
    system = system_pool(declared)
    if declared and not system:
        yield Limit(at("node_pools"), "AKS itself needs nodes", "declare `core` under `node_pools`")
    for pool in declared:
        what = f"node pool {pool.name}"
        if pool.group == _CORE and pool.spot:
            hint = "leave `spot` out, or make another pool of spot nodes"
            yield Limit((*pool.at, "spot"), f"{what}: AKS itself runs there, and not on spot nodes", hint)
        if pool.group == _CORE and not pool.least:
            yield Limit(
                (*pool.at, "min"), f"{what}: AKS itself runs there, on a node at least", "say `min: 1`"
            )
        if pool.name == system and pool.taints:
            message = f"{what}: the pool that AKS itself runs on can't have taints"
            yield Limit((*pool.at, "taints"), message, "take them out, or make another pool")


def _storage(storage: Sequence[Mapping[str, Any]]) -> Iterator[Limit]:
    for index, each in enumerate(storage):
        what, here, copies = f"home storage {each['name']}", at("home_storage", index), each["snapshots"]
        if each["kind"] == "share":
            if each.get("size", 0) < _LEAST_SHARE:
                message = f"{what}: a share of Azure has a `size` of {_LEAST_SHARE} GiB or more"
                yield Limit((*here, "size"), message, f"say `size: {_LEAST_SHARE}` or more")
            if copies is not False:
                message = f"{what}: nothing makes daily copies of an NFS share on Azure"
                hint = "say `snapshots: false` and copy it with other means, or take `kind: disk`"
                yield Limit((*here, "snapshots"), message, hint)
        elif copies and "region" in copies:
            message = f"{what}: snapshots of disks stay in their region on Azure"
            yield Limit((*here, "snapshots", "region"), message, "leave `region` out")


def _sign_in(asked: Mapping[str, Any]) -> Iterator[Limit]:
    """Yield databases of MySQL with several hubs: it takes one identity as its administrator."""
    for name, database in asked.get("databases", {}).items():
        hubs = [hub for hub, granted in asked.get("permissions", {}).items() if name in granted["databases"]]
        if database["engine"] == "mysql" and len(hubs) > 1:
            message = f"database {name}: on Azure one hub signs in to mysql, and these ask: {', '.join(hubs)}"
            place = at("permissions", hubs[-1], "databases")
            yield Limit(place, message, "give each a database, or take `engine: postgresql`")


def _identities(given: Mapping[str, str]) -> Iterator[Limit]:
    if "cluster" in given and "nodes" not in given:
        message = "a cluster's identity that is given has no say on one that is made"
        yield Limit(
            at("identities", "cluster"), f"{message}: say `identities.nodes` too", "or leave both out"
        )
