"""The variables of terraform/gcp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_support import minor
from deployer.fleet.machines.table import machine
from deployer.operations.tfvars.parts import (
    NO_ADDRESS,
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
_MOST_CORE_NODES = 5
_FILESTORE = 1024
"""The modules' own defaults, which are others than ours."""


def convert(of: Taking) -> dict[str, Any]:
    """Take what the file says, and return the block."""
    zone = of.text("zone")
    made = buckets(of)
    return said(
        kubernetes_version=_version(of),
        zones=[zone] if zone else [],
        network=_network(of),
        node_pools=_pools(of),
        home_storage=[*_disks(of), *_shares(of)],
        buckets=_public(of, made),
        permissions=permissions(of, made),
        budget=_budget(of),
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


def _network(of: Taking) -> dict[str, Any]:
    line = of.line_of("enable_network_policy")
    if not of.flag("enable_network_policy", default=True):
        of.tell("enable_network_policy", line, "network policies are always in force")
    # Theirs are public unless somebody says otherwise, ours are private.
    return {"private_nodes": of.flag("enable_private_cluster", default=False)}


def _pools(of: Taking) -> dict[str, Any]:
    name, most = of.text("core_node_machine_type"), of.number("core_node_max_count", least=1)
    core = {"core": {"machine": name, "min": 1, "max": most or _MOST_CORE_NODES}} if name else {}
    return node_pools(
        core,
        {name: _pool(pool, spot=False) for name, pool in of.entries("notebook_nodes")},
        {name: _pool(pool, spot=True) for name, pool in of.entries("dask_nodes")},
    )


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
    enabled = gpu.flag("enabled", default=False)
    found = {**said(type=gpu.text("type")), "count": gpu.number("count", least=1) or 1}
    gpu.leave_rest()
    known = machine(name)
    # Ours are those that the machine type does not have by itself.
    return {} if not enabled or (known and known.gpus) else found


def _disks(of: Taking) -> list[dict[str, Any]]:
    found = []
    for name, disk in named(of, "persistent_disks"):
        asked = {"name": name, "kind": "disk", "size": size(disk)}
        disk.leave("type", "a disk is of the kind that we make")
        found.append({**asked, **storage(disk, name, copied=True)})
    return found


def _shares(of: Taking) -> list[dict[str, Any]]:
    said_so, line = "enable_filestore_backups" in of, of.line_of("enable_filestore_backups")
    copied = of.flag("enable_filestore_backups", default=True)
    found = []
    for name, share in named(of, "filestores"):
        asked = {"name": name, "kind": "share", "size": share.number("capacity_gb", least=1) or _FILESTORE}
        share.leave("tier", "a share is of the kind that we make")
        found.append({**asked, **storage(share, name, copied=copied)})
    if said_so and not found:
        of.tell("enable_filestore_backups", line, "there are no filestores")
    return found


def _public(of: Taking, made: dict[str, Any]) -> dict[str, Any]:
    line = of.line_of("bucket_public_access")
    for name in of.texts("bucket_public_access"):
        if name in made:
            made[name] = {**(made[name] or {}), "public_read": True}
        else:
            of.tell("bucket_public_access", line, f"`user_buckets` has no bucket {name}")
    return made


def _budget(of: Taking) -> dict[str, Any]:
    line, amounts = of.line_of("budget_alert_amount"), of.amounts("budget_alert_amount")
    email = of.text("budget_alert_email")
    if not of.flag("budget_alert_enabled", default=True) or not amounts:
        return {}
    if not email:
        of.tell("budget_alert_amount", line, NO_ADDRESS)
        return {}
    return {"monthly": amounts[0], "alert_emails": [email]}
