"""The node pools that a cluster declares in `infrastructure.node_pools`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.machines.table import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.machines.table import Machine
    from deployer.fleet.model import Cluster
    from deployer.fleet.positions import KeyPath

_AT = ("infrastructure", "node_pools")
MACHINE = "node.kubernetes.io/instance-type"
_MACHINE_ONCE = "beta.kubernetes.io/instance-type"
_GIVEN = (
    "kubernetes.io",
    "k8s.io",
    "k8s.dask.org",
    "hub.jupyter.org",
    "cloud.google.com",
    "amazonaws.com",
    "azure.com",
    "nvidia.com",
    "karpenter.sh",
)
"""The domains of labels and taints that nodes have without anybody declaring them."""
_MOST_NODES = 20


@dataclass(frozen=True, kw_only=True)
class Taint:
    """What keeps pods off a pool's nodes that do not tolerate it."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One pool of nodes of one machine type. `group` is the key it is declared under, such as `notebooks`.

    `attached` is how many GPUs its nodes have beside those of the machine type, None when that can't be told.
    `spot` nodes are cheap and may vanish any time. `declared` is the entry itself, at the path `at`.
    """

    name: str
    group: str
    machine: str
    labels: Mapping[str, Any]
    taints: tuple[Taint, ...]
    attached: int | None = 0
    spot: bool = False
    declared: Mapping[str, Any] = field(default_factory=dict)
    at: KeyPath = ()

    @property
    def type(self) -> Machine | None:
        """The type of its machines, None when it is unknown."""
        return machine(self.machine)

    @property
    def least(self) -> int:
        """The fewest nodes, which are always there."""
        found: int = self.declared.get("min", 1 if self.group == "core" else 0)
        return found

    @property
    def most(self) -> int:
        """The most nodes that there will ever be."""
        found: int = self.declared.get("max", max(_MOST_NODES, self.least))
        return found

    def has(self, label: str, value: Any) -> bool | None:
        """Say whether its nodes have a label, None when that can't be told."""
        if label in (MACHINE, _MACHINE_ONCE):
            return str(value) == self.machine if self.machine else None
        if label in self.labels:
            return str(self.labels[label]) == str(value)
        return None if given(label) else False

    def may_run(self, selector: Mapping[str, Any]) -> bool:
        """Say whether nothing that is known keeps a pod with a selector off its nodes."""
        return all(self.has(label, value) is not False for label, value in selector.items())


def pools(cluster: Cluster) -> tuple[Pool, ...]:
    """Return the pools of a cluster, none when it declares none."""
    declared = _map(cluster.document.value(_AT))
    return tuple(
        pool for group, value in declared.items() for pool in _pools(group, group, value, (*_AT, group))
    )


def pool_named(cluster: Cluster, name: str) -> Pool | None:
    """Return the pool that is called so, None when the cluster declares none."""
    return next((pool for pool in pools(cluster) if pool.name == name), None)


def given(key: str) -> bool:
    """Say whether a label or a taint may be there without anybody declaring it."""
    domain = key.partition("/")[0].partition("_")[0]
    return any(domain == each or domain.endswith(f".{each}") for each in _GIVEN)


def _pools(group: str, name: str, value: Any, at: KeyPath) -> Iterator[Pool]:
    """Return the pools in a map or a list of them, or in a map by their names; `at` is where they are."""
    for index, each in enumerate(_list(value)):
        yield from _pools(group, _text(_map(each).get("name")) or name, each, (*at, index))
    if "machine" in _map(value):
        yield _pool(group, name, value, at)
    else:
        for key, each in _map(value).items():
            if isinstance(each, Mapping):
                yield from _pools(group, key, each, (*at, key))


def _pool(group: str, name: str, data: Mapping[str, Any], at: KeyPath) -> Pool:
    return Pool(
        name=name,
        group=group,
        machine=_text(data["machine"]),
        labels=_map(data.get("labels")),
        taints=tuple(_taints(data.get("taints"))),
        attached=_attached(data.get("gpu")),
        spot=data.get("spot") is True,
        declared=data,
        at=at,
    )


def _attached(value: Any) -> int | None:
    """Return how many GPUs `gpu: {type, count}` attaches to a node. More keys may share them out."""
    if value is None:
        return 0
    count = _map(value).get("count", 1)
    return count if isinstance(count, int) and _map(value).keys() <= {"type", "count"} else None


def _taints(value: Any) -> Iterator[Taint]:
    """Return taints from maps with `key`, `value` and `effect`."""
    for each in map(_map, _list(value)):
        if _text(each.get("key")):
            yield Taint(key=each["key"], value=str(each.get("value") or ""), effect=_text(each.get("effect")))


# What has another kind is for the schema to tell.
def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
