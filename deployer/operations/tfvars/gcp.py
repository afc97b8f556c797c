"""The variables of terraform/gcp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_support import minor
from deployer.fleet.machines.table import machine
from deployer.operations.tfvars.parts import (
    buckets,
    named,
    node_pools,
    permissions,
    size,
    storage,
    take_version,
)
from deployer.operations.tfvars.taking import said

if TYPE_CHECKING:
    from deployer.operations.tfvars.taking import Taking

REASONS = {
    "prefix": "the cluster's name is what names in the cloud begin with",
    "project_id": "write it as `project` under `gcp` in cluster.yaml",
    "region": "write it as `region` under `gcp` in cluster.yaml, unless the cluster is zonal",
    "regional_cluster": "write `region` or `zone` under `gcp` in cluster.yaml",
    "billing_account_id": "a budget is one of the account that the cluster is in",
    "container_repos": "registries are not built",
    "enable_logging": "logs are as the cloud has them by default",
    "single_process_oom_kill": "a setting of the kubelet, which is as the cloud has it by default",
}
_EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
_NODE_DISK = "nodes' disks are of the kind that we make"
_USUAL = 16
"""The length of the range of addresses that we take when nobody says one."""
_MOST_CORE_NODES = 5
_CORE_DISK = 30
_FILESTORE = 1024
_DAYS_KEPT = 5
"""The module's own defaults, which are others than ours."""


def convert(of: Taking) -> dict[str, Any]:
    """Take what the file says, and return the block."""
    zone = of.text("zone")
    made = buckets(of)
    line = of.line_of("budget_alert_enabled")
    if of.flag("budget_alert_enabled", default=False):
        of.tell("budget_alert_enabled", line, "it names no amount; write one as `monthly` under `budget`")
    pools = _pools(of)
    return said(
        kubernetes_version=_version(of),
        zones=[zone] if zone else [],
        network=_network(of, pools),
        node_pools=pools,
        home_storage=[*_disks(of), *_shares(of)],
        buckets=_public(of, made),
        permissions=permissions(of, made),
    )


def _version(of: Taking) -> str | None:
    versions = of.inner("k8s_versions")
    if versions is None:
        return None
    found = take_version(versions, "min_master_version")
    for group in ("core", "notebook", "dask"):
        key = f"{group}_nodes_version"
        line, version = versions.line_of(key), versions.text(key)
        if version and minor(version) != found:
            versions.tell(key, line, "nodes have the version of the cluster")
    versions.leave_rest()
    return found


def _network(of: Taking, pools: dict[str, Any]) -> dict[str, Any]:
    line = of.line_of("enable_network_policy")
    if not of.flag("enable_network_policy", default=True):
        of.tell("enable_network_policy", line, "network policies are always in force")
    # Theirs are public unless somebody says otherwise, ours are private.
    found: dict[str, Any] = {"private_nodes": of.flag("enable_private_cluster", default=False)}
    # Half of the addresses are for pods, 256 for each node; theirs come from Google's default network.
    most = max((pool.get("max", 0) for group in pools.values() for pool in _each(group)), default=0)
    length = 32 - (2 * 256 * most - 1).bit_length() if most else _USUAL
    return {"range": f"10.0.0.0/{max(length, 8)}", **found} if length < _USUAL else found


def _each(group: dict[str, Any]) -> list[dict[str, Any]]:
    return [group] if "machine" in group else list(group.values())


def _pools(of: Taking) -> dict[str, Any]:
    name, most = of.text("core_node_machine_type"), of.number("core_node_max_count", least=1)
    core = {"machine": name, "min": 1, "max": most or _MOST_CORE_NODES, "disk": _core_disk(of)}
    return node_pools(
        {"core": core} if name else {},
        {name: _pool(pool, spot=False) for name, pool in of.entries("notebook_nodes")},
        {name: _pool(pool, spot=True) for name, pool in of.entries("dask_nodes")},
    )


def _core_disk(of: Taking) -> int:
    disk = of.inner("core_node_boot_disk")
    if disk is None:
        return _CORE_DISK
    found = disk.number("size_gb", least=1) or _CORE_DISK
    disk.leave("type", _NODE_DISK)
    disk.leave("iops", _NODE_DISK)
    disk.leave("throughput", _NODE_DISK)
    disk.leave_rest()
    return found


def _pool(of: Taking, *, spot: bool) -> dict[str, Any]:
    name = of.text("machine_type")
    if not name:
        raise of.error("has no `machine_type`")
    found = {
        "machine": name,
        **said(
            min=of.number("min"),
            max=of.number("max"),
            disk=of.number("disk_size_gb", least=1),
            labels=of.text_map("labels"),
            taints=[_taint(taint) for taint in of.items("taints")],
            gpu=_gpu(of, name),
            zones=of.texts("zones"),
            tags=of.text_map("resource_labels"),
        ),
    }
    # Dask's nodes may vanish unless somebody says otherwise.
    if of.flag("preemptible", default=spot):
        found["spot"] = True
    for key in ("disk_type", "disk_throughput", "disk_iops"):
        of.leave(key, _NODE_DISK)
    of.leave("node_version", "nodes have the version of the cluster")
    of.leave_rest()
    return found


def _taint(of: Taking) -> dict[str, Any]:
    effect = of.text("effect") or ""
    found = said(key=of.text("key"), value=of.text("value"), effect=_EFFECTS.get(effect, effect))
    of.leave_rest()
    return found


def _gpu(of: Taking, name: str) -> dict[str, Any]:
    gpu = of.inner("gpu")
    if gpu is None:
        return {}
    enabled, shared = gpu.flag("enabled", default=False), gpu.flag("share_gpu", default=False)
    own = {**said(type=gpu.text("type")), "count": gpu.number("count", least=1) or 1}
    clients = gpu.number("shared_clients_per_gpu", least=1) or 1
    gpu.leave("sharing_strategy", "GPUs are shared by turns")
    gpu.leave_rest()
    known = machine(name)
    if not enabled:
        return {}
    # Ours are those that the machine type does not have by itself.
    found = {} if known and known.gpus else own
    return {**found, "sharing": clients} if shared and clients > 1 else found


def _disks(of: Taking) -> list[dict[str, Any]]:
    found = []
    for name, disk in named(of, "persistent_disks"):
        keep = disk.number("max_retention_days", least=1) or _DAYS_KEPT
        snapshots = False if disk.flag("disable_nfs_backups", default=False) else {"keep": keep}
        found.append({"name": name, "kind": "disk", "size": size(disk), "snapshots": snapshots})
        disk.leave("type", "a disk is of the kind that we make")
        storage(disk, name)
    return found


def _shares(of: Taking) -> list[dict[str, Any]]:
    line = of.line_of("enable_filestore_backups")
    if of.flag("enable_filestore_backups", default=False):
        of.tell("enable_filestore_backups", line, "shares are not copied")
    if "filestores" not in of:
        # There is one when nothing is said about them.
        return [_share("filestore", _FILESTORE)]
    found = []
    for name, share in named(of, "filestores"):
        found.append(_share(name, share.number("capacity_gb", least=1) or _FILESTORE))
        share.leave("tier", "a share is of the kind that we make")
        storage(share, name)
    return found


def _share(name: str, capacity: int) -> dict[str, Any]:
    return {"name": name, "kind": "share", "size": capacity, "snapshots": False}


def _public(of: Taking, made: dict[str, Any]) -> dict[str, Any]:
    line = of.line_of("bucket_public_access")
    for name in of.texts("bucket_public_access"):
        if name in made:
            made[name] = {**(made[name] or {}), "public_read": True}
        else:
            of.tell("bucket_public_access", line, f"`user_buckets` has no bucket {name}")
    return made
