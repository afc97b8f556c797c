"""The variables of terraform/azure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_support import minor
from deployer.operations.tfvars.parts import NO_ADDRESS, node_pools, take_version
from deployer.operations.tfvars.taking import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.tfvars.taking import Taking

_STORAGE = "homes"
"""What the share of homes is called; there it is one for the whole cluster."""
REASONS = {
    "tenant_id": "who is logged in to Azure decides it",
    "subscription_id": "write it as `subscription` under `azure` in cluster.yaml",
    "resourcegroup_name": "write it as `resource_group` under `azure` in cluster.yaml",
    "location": "write it as `location` under `azure` in cluster.yaml",
    "create_container_registry": "name one in `registries` of the block",
    "global_container_registry_name": "a registry gets a name that is free in all of Azure",
    "global_storage_account_name": f"the share is called by its name: {_STORAGE}",
    "cluster_sku_tier": "it follows from `support`: Standard, or Premium where that is extended",
    "ssh_pub_key": "nobody logs in to nodes",
    "kubernetes_rbac_enabled": "who may do what in Kubernetes is always checked",
}
_EARLIER = {"core": "core_node_pool", "user": "user_node_pools", "dask": "dask_node_pools"}
_DISKS_ONCE = {"user": 200}
"""The sizes of nodes' disks that earlier modules took when nobody said one, where they are not ours."""


def convert(of: Taking) -> dict[str, Any]:
    """Take what the file says, and return the block."""
    version = take_version(of, "kubernetes_version")
    share = of.number("storage_size", least=1)
    of.leave("budget_alert_amount", NO_ADDRESS)
    of.flag("budget_alert_enabled", default=False)
    # Theirs is not copied.
    homes = {"name": _STORAGE, "kind": "share", "size": share, "snapshots": False}
    return said(
        kubernetes_version=version,
        node_pools=_pools(of, version),
        home_storage=[homes] if share else [],
    )


def _pools(of: Taking, version: str | None) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {"core": {}, "user": {}, "dask": {}}
    for group, name, pool in _listed(of):
        _add(found[group], name, pool, version)
    for group, name, pool in _separate(of):
        _add(found[group], name, pool, version, disk=_DISKS_ONCE.get(group))
    return node_pools(found["core"], found["user"], found["dask"])


def _add(
    pools: dict[str, Any], name: str, pool: Taking, version: str | None, *, disk: int | None = None
) -> None:
    given = pool.text("name") or name
    if given in pools:
        raise pool.error(f"is a second pool that is called {given}")
    pools[given] = _pool(pool, version, disk)


def _listed(of: Taking) -> Iterator[tuple[str, str, Taking]]:
    """Take pools by lists in one variable, as the modules have them today: group, name and pool."""
    pools = of.inner("node_pools")
    if pools is None:
        return
    for group in _EARLIER:
        for index, pool in enumerate(pools.items(group)):
            yield group, f"{group}{index}", pool
    pools.leave_rest()


def _separate(of: Taking) -> Iterator[tuple[str, str, Taking]]:
    """Take pools in a variable each, as earlier modules had them: group, name and pool."""
    core = of.inner(_EARLIER["core"])
    if core is not None:
        yield "core", "core", core
    for group in ("user", "dask"):
        for name, pool in of.entries(_EARLIER[group]):
            yield group, name, pool


def _pool(of: Taking, version: str | None, disk: int | None) -> dict[str, Any]:
    machine = of.text("vm_size")
    if not machine:
        raise of.error("has no `vm_size`")
    line, own = of.line_of("kubernetes_version"), of.text("kubernetes_version")
    if own and minor(own) != version:
        of.tell("kubernetes_version", line, "nodes have the version of the cluster")
    found = {
        "machine": machine,
        **said(
            min=of.number("min"),
            max=of.number("max"),
            disk=of.number("os_disk_size_gb", least=1) or disk,
            labels=of.text_map("labels"),
            taints=list(_taints(of)),
        ),
    }
    of.leave("kubelet_disk_type", "the kubelet's files are where the cloud puts them by default")
    of.leave_rest()
    return found


def _taints(of: Taking) -> Iterator[dict[str, Any]]:
    """Take taints, which are texts here: `key=value:NoSchedule`."""
    for text in of.texts("taints"):
        rest, _, effect = text.rpartition(":")
        key, _, value = rest.partition("=")
        if not key:
            raise of.error(f"has a taint that is not `key=value:effect`: {text}")
        yield said(key=key, value=value, effect=effect)
