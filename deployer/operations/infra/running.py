"""Which versions of Kubernetes a cluster runs, by what Terraform's state says; and variables that keep them.

cluster.yaml says which version is wanted. Only `infra upgrade` gets there, step by step: whatever else
changes a cluster keeps the versions that run, so that nothing is skipped, nothing is lowered, and an upgrade
that somebody interrupted stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.kubernetes import CONTROL_PLANES, NODE_GROUPS
from deployer.fleet.kubernetes_support import minor
from deployer.fleet.limits.successors import SUCCESSOR
from deployer.operations.infra.changes import resources
from deployer.render.tfvars import tfvars

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from deployer.fleet.model import Cluster

READY = "ACTIVE"
"""The status of nodes with which nothing is being done, where the cloud tells one."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Nodes of a pool that have one version. `key` is theirs in `node_pools`, `name` that in the cloud.

    A pool has one group, whose key is the pool's name or says a version too, such as `small-1-34`; two while
    the new nodes are there already and the old ones still.
    """

    key: str
    pool: str
    version: str
    name: str = ""
    address: str = ""
    tainted: bool = False
    status: str = READY


@dataclass(frozen=True, kw_only=True)
class Running:
    """What runs: the minor version of the control plane, and the groups in the order of the state.

    `asked` is the version that the control plane was asked for, as it was written then.
    """

    cloud: str
    control_plane: str
    asked: str
    groups: tuple[Group, ...] = ()

    def of(self, pool: str) -> tuple[Group, ...]:
        """Return the groups of a pool, the oldest version first."""
        found = (group for group in self.groups if group.pool == pool)
        return tuple(sorted(found, key=lambda group: number(group.version)))


def number(version: str) -> int:
    """Return the minor version in `1.34`."""
    return int(version.split(".")[1])


def successor(pool: str, version: str) -> str:
    """Return the key of the group that a pool has from a version on: `small-1-34`."""
    return f"{pool}-{version.replace('.', '-')}"


def running_of(cluster: Cluster, state: Mapping[str, Any]) -> Running | None:
    """Return what runs of a cluster by a state as `terraform show -json` has it; None before it is built."""
    return _running(tfvars(cluster), state)


def _running(variables: Mapping[str, Any], state: Mapping[str, Any]) -> Running | None:
    return running(state, variables["node_pools"], inside=variables.get("system_pool", ""))


def running(state: Mapping[str, Any], pools: Collection[str], *, inside: str = "") -> Running | None:
    """Return what runs by a state, None when there is no cluster yet.

    `pools` are the names of those that are declared; AKS has one of them `inside` the cluster's own resource.
    """
    found = list(resources(state))
    for each in found:
        if each["type"] not in CONTROL_PLANES or each["mode"] != "managed":
            continue
        cloud, asked, runs = CONTROL_PLANES[each["type"]]
        version = minor(each["values"].get(runs) or each["values"].get(asked))
        if version:
            groups = [*_inside(each, inside), *(group for one in found for group in _group(one, pools))]
            known = each["values"].get(asked) or version
            return Running(cloud=cloud, control_plane=version, asked=known, groups=tuple(groups))
    return None


def kept(cluster: Cluster, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the variables of a cluster, with the versions that run by a state."""
    return steadied(tfvars(cluster), state)


def steadied(variables: Mapping[str, Any], state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return variables, with the versions that run by a state."""
    return held(variables, _running(variables, state))


def held(variables: Mapping[str, Any], now: Running | None) -> Mapping[str, Any]:
    """Return variables with which a module keeps what runs as it runs."""
    if now is None:
        return variables
    pools = {
        key: pool
        for name, pool in variables["node_pools"].items()
        for key in [group.key for group in now.of(name)] or [name]
    }
    versions = {
        group.key: group.version
        for group in now.groups
        if group.key in pools and group.version != now.control_plane and now.cloud != "gcp"
    }
    return {
        **variables,
        "kubernetes_version": now.asked,
        "node_pools": pools,
        "node_versions": versions,
    }


def behind(cluster: str, wanted: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Return what to tell when the variables that are wanted have another version than those that run."""
    version = wanted["kubernetes_version"]
    if version == now["kubernetes_version"] and not now.get("node_versions"):
        return None
    return (
        f"cluster.yaml says Kubernetes {version}, and not all runs that: "
        f"`deployer infra upgrade {cluster}` gets there"
    )


def _group(resource: Mapping[str, Any], pools: Collection[str]) -> Iterator[Group]:
    if resource["type"] not in NODE_GROUPS or resource["mode"] != "managed" or "deposed_key" in resource:
        return
    version, name = NODE_GROUPS[resource["type"]]
    values, key = resource["values"], str(resource.get("index", ""))
    known = minor(values.get(version))
    if known:
        yield Group(
            key=key,
            pool=_pool(key, pools),
            version=known,
            name=str(values.get(name) or ""),
            address=resource["address"],
            tainted=bool(resource.get("tainted")),
            status=values.get("status") or READY,
        )


def _inside(cluster: Mapping[str, Any], pool: str) -> Iterator[Group]:
    for nodes in cluster["values"].get("default_node_pool") or ():
        version = minor(nodes.get("orchestrator_version"))
        if version:
            yield Group(key=pool, pool=pool, version=version, address=cluster["address"])


def _pool(key: str, pools: Collection[str]) -> str:
    grown = SUCCESSOR.fullmatch(key)
    return grown[1] if grown and key not in pools and grown[1] in pools else key
