"""How far each hub can be looked at, after what is wrong with the files that it is made of.

An error is to hide no other, and to bring about none: a rule that misses something would tell of what stands
in the part that could not be taken.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from deployer.fleet.features import FEATURES, SIGN_IN, Speaker, misfits
from deployer.fleet.schema import definition
from deployer.fleet.spelling import near
from deployer.fleet.subjects import entry_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub, Installed, Support
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

    Chosen = Sequence[tuple[Cluster, Hub]]


class Extent(IntEnum):
    """How much of a hub is looked at, the least first.

    Of `PART`, only what stands there: some of what the hub is made of could not be taken.
    """

    NOTHING = 0
    PART = 1
    VALUES = 2
    ALL = 3


@dataclass(frozen=True, kw_only=True)
class Look:
    """A hub, or the support of a cluster, and how far it is looked at."""

    cluster: Cluster
    hub: Installed
    extent: Extent = Extent.ALL


_UNREADABLE = frozenset({"yaml", "file", "format", "preset", "chart", "under"})
"""Rules whose errors leave nothing to be looked at where they are found."""
_SCHEMA = "schema"
_TWICE = "duplicate-key"

_HOLDS_VALUES = frozenset(
    {"name", "helm_chart", "helm_chart_values_files", "chart_override", "presets", "domain_override_file"}
)
_HOLDS_PARTS = frozenset({SIGN_IN, FEATURES, "domain", "health"})
_NAMES_OBJECTS = frozenset({"name", "domain"})
_NEEDED = {"helm_chart": str, "helm_chart_values_files": list, "domain": str}
"""Keys without which a hub has no values, and what kind of thing they have."""
_OF_CLUSTER = {
    "provider": Extent.PART,
    "infrastructure": Extent.PART,
    "kubernetes_version": Extent.VALUES,
}
"""Keys of a cluster that rules about hubs look at, and what is left when one is wrong."""


def looks(
    fleet: Fleet, chosen: Chosen, wrong: Iterable[Problem], supports: Iterable[Cluster] = ()
) -> tuple[Look, ...]:
    """Return how far each of the chosen hubs is looked at; `wrong` are the errors that nobody accepts.

    Then come the clusters whose support is looked at, too.
    """
    documents = {cluster.document.name: cluster.document for cluster in fleet.clusters}
    found: dict[str, list[tuple[KeyPath, Problem]]] = defaultdict(list)
    for each in wrong:
        document = documents.get(each.path)
        at = entry_at(document, each.line, each.column) if document else ()
        found[each.path].append((at, each))
    hubs = (
        Look(cluster=cluster, hub=hub, extent=min(_extents(hub, found), default=Extent.ALL))
        for cluster, hub in chosen
    )
    theirs = [(each, each.support) for each in supports]
    others = (Look(cluster=each, hub=owner, extent=_of_support(owner, found)) for each, owner in theirs)
    return (*hubs, *others)


def _of_support(support: Support, found: Mapping[str, list[tuple[KeyPath, Problem]]]) -> Extent:
    """Return how far the support of a cluster is looked at: not at all after an error that concerns it."""
    in_files = any(found.get(file.document.name) for file in support.values_files)
    in_cluster = any(
        problem.rule == "yaml" or at[:1] != ("hubs",) for at, problem in found.get(support.document.name, ())
    )
    return Extent.NOTHING if in_files or in_cluster else Extent.ALL


def _extents(hub: Hub, found: Mapping[str, list[tuple[KeyPath, Problem]]]) -> Iterator[Extent]:
    """Yield how far each error lets a hub be looked at."""
    name = hub.document.name
    for at, problem in found.get(name, ()):
        if at[:2] == hub.at:
            yield _by_entry(problem, at[2:])
        elif at[:1] != ("hubs",) or problem.rule == "yaml":
            yield _by_cluster(problem, at)
    presets = {preset.document.name: preset.source for preset in hub.presets}
    if any(each.rule == _SCHEMA for path in (name, *presets) for _, each in found.get(path, ())):
        # What is written once for several hubs has one place, which may be in the entry of another.
        speakers = [Speaker(document=each) for each in presets.values() if each]
        if misfits([*speakers, Speaker(document=hub.document, at=hub.at)]):
            yield Extent.PART
        if "provider" not in hub.document.data:
            yield Extent.PART
        entry = hub.document.value(hub.at)
        if any(not isinstance(entry.get(key), kind) for key, kind in _NEEDED.items()):
            yield Extent.NOTHING
    for path in hub.files - {name}:
        for _, problem in found.get(path, ()):
            yield _by_preset(problem, presets[path]) if path in presets else _by_values(problem)


def _by_entry(problem: Problem, at: KeyPath) -> Extent:
    key = str(at[0]) if at else ""
    if problem.rule in _UNREADABLE:
        return Extent.NOTHING
    if problem.rule in (_SCHEMA, _TWICE):
        if key in _HOLDS_VALUES:
            # Of what is written twice, the last is there to be looked at.
            return Extent.NOTHING if problem.rule == _SCHEMA else Extent.PART
        # Nobody knows what a key that nobody knows was to bring about.
        return Extent.PART if key in _HOLDS_PARTS or key not in _known() else Extent.ALL
    if key in (SIGN_IN, FEATURES, "presets"):
        return Extent.PART
    return Extent.VALUES if key in _NAMES_OBJECTS else Extent.ALL


def _by_cluster(problem: Problem, at: KeyPath) -> Extent:
    if problem.rule == "yaml":
        return Extent.NOTHING
    if problem.rule in (_SCHEMA, _TWICE) and at:
        key = str(at[0])
        meant = key if key in _OF_CLUSTER else near(key, _OF_CLUSTER)
        return _OF_CLUSTER.get(meant or "", Extent.ALL)
    return Extent.ALL


def _by_preset(problem: Problem, source: Document | None) -> Extent:
    if problem.rule in _UNREADABLE:
        return Extent.NOTHING
    if problem.rule not in (_SCHEMA, _TWICE):
        return Extent.VALUES
    at = entry_at(source, problem.line, problem.column) if source else ()
    if problem.rule == _SCHEMA and at[:1] in (("extends",), ("values",)):
        return Extent.NOTHING
    return Extent.ALL if at[:1] == ("description",) else Extent.PART


def _by_values(problem: Problem) -> Extent:
    if problem.rule in _UNREADABLE:
        return Extent.NOTHING
    return Extent.PART if problem.rule == _TWICE else Extent.VALUES


@cache
def _known() -> frozenset[str]:
    return frozenset(definition("cluster", "hub")["properties"])


def unbuilt(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield what to call each entry of a cluster that is no hub, since it has no name, with the cluster."""
    entries = cluster.document.data.get("hubs")
    built = {hub.at for hub in cluster.hubs}
    for index in range(len(entries) if isinstance(entries, list) else 0):
        if ("hubs", index) not in built:
            yield cluster.name, f"hub {index + 1}"


def notices(looked: Iterable[tuple[Look, bool]], nameless: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """Yield which hubs were looked at in part only or not at all, a line for each reason.

    With each goes whether its objects had to wait, for errors that come first. `nameless` are entries of
    clusters that are no hubs.
    """
    looked = tuple(looked)
    nothing = [*_names(each for each, _ in looked if each.extent is Extent.NOTHING), *nameless]
    part = _names(each for each, _ in looked if each.extent is Extent.PART)
    waiting = _names(each for each, waits in looked if waits and each.extent > Extent.PART)
    if nothing:
        yield f"not looked at, since what their values come from cannot be taken: {_named(nothing)}"
    if part:
        yield f"looked at in part, since what an error is about was left out: {_named(part)}"
    if waiting:
        yield f"objects not looked at, since other errors come first: {_named(waiting)}"


def _names(looked: Iterable[Look]) -> list[tuple[str, str]]:
    return [(each.cluster.name, f"`{each.hub.name}`") for each in looked]


def _named(names: Iterable[tuple[str, str]]) -> str:
    hubs: dict[str, list[str]] = defaultdict(list)
    for cluster, hub in names:
        hubs[cluster].append(hub)
    return "; ".join(f"{cluster}: {', '.join(found)}" for cluster, found in hubs.items())
