"""Problems that somebody has looked at and accepted: beside a line, or for a cluster or some of its hubs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Hub
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem


class Lines(NamedTuple):
    """What an ignore beside a line is about: lines of the file that it stands in."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Area:
    """What an `ignore` of a cluster.yaml is about: a cluster, or only the `hubs` that it names.

    `files` are those that only these hubs list, `spans` the lines of the cluster.yaml that declare them.
    """

    cluster: str
    directory: str
    hubs: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    spans: tuple[range, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ignore:
    """A rule that is ignored somewhere, and why. `path`, `line` and `column` say where that is written."""

    rule: str
    reason: str
    path: str
    line: int
    column: int
    scope: Lines | Area

    def hides(self, problem: Problem, told: tuple[str, str] | None) -> bool:
        """Whether it hides a problem of its rule; `told` are the cluster and the hub that have it."""
        if isinstance(self.scope, Lines):
            return problem.path == self.path and self.scope.first <= problem.line <= self.scope.last
        if told is not None:
            return told[0] == self.scope.cluster and (not self.scope.hubs or told[1] in self.scope.hubs)
        return _lies_in(self.scope, self.path, problem)


class Hidden(NamedTuple):
    """A problem that is not shown, and the ignores that hide it."""

    problem: Problem
    by: tuple[Ignore, ...]


@dataclass(frozen=True)
class Ignores:
    """All ignores of a fleet, in the order of the files. The rules in `never` cannot be ignored."""

    entries: tuple[Ignore, ...] = ()
    never: frozenset[str] = frozenset()

    def sift(
        self, problems: Iterable[Problem], told: tuple[str, str] | None = None
    ) -> tuple[tuple[Problem, ...], tuple[Hidden, ...]]:
        """Return which problems are to be shown, and which are not.

        `told` are the cluster and the hub that have the problems; None for what is wrong with files.
        """
        kept, hidden = [], []
        for problem in problems:
            by = tuple(each for each in self._by_rule[problem.rule] if each.hides(problem, told))
            if by:
                hidden.append(Hidden(problem, by))
            else:
                kept.append(problem)
        return tuple(kept), tuple(hidden)

    @cached_property
    def _by_rule(self) -> defaultdict[str, list[Ignore]]:
        found: defaultdict[str, list[Ignore]] = defaultdict(list)
        for each in self.entries:
            if each.reason and each.rule not in self.never:
                found[each.rule].append(each)
        return found


def ignores(clusters: Iterable[Cluster], documents: Iterable[Document], *, never: frozenset[str]) -> Ignores:
    """Return the ignores in all files, and those of the clusters."""
    found = [each for document in documents for each in _beside(document)]
    found += [each for cluster in clusters for each in _across(cluster)]
    in_order = sorted(found, key=lambda each: (each.path, each.line, each.column, each.rule))
    return Ignores(tuple(in_order), never)


def _beside(document: Document) -> Iterator[Ignore]:
    for comment in document.comments:
        # What cannot be understood names no rule; it is kept to be told.
        for rule in comment.rules or ("",):
            yield Ignore(
                rule=rule,
                reason=comment.reason,
                path=document.name,
                line=comment.line,
                column=comment.column,
                scope=Lines(comment.first, comment.last),
            )


def _across(cluster: Cluster) -> Iterator[Ignore]:
    entries = cluster.document.value(("ignore",))
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if _is_whole(entry):
            mark = cluster.document.mark(("ignore", index))
            yield Ignore(
                rule=entry["rule"],
                reason=entry["reason"].strip(),
                path=cluster.document.name,
                line=mark.line,
                column=mark.column,
                scope=_area(cluster, tuple(entry.get("hubs", ()))),
            )


def _is_whole(entry: Any) -> bool:
    """Say whether an entry is as its schema wants it; else it hides nothing, least of all too much."""
    if not isinstance(entry, dict):
        return False
    if not all(isinstance(entry.get(key), str) and entry[key] for key in ("rule", "reason")):
        return False
    hubs = entry.get("hubs", ["all of them"])
    return isinstance(hubs, list) and bool(hubs) and all(isinstance(name, str) for name in hubs)


def _area(cluster: Cluster, names: tuple[str, ...]) -> Area:
    chosen = [hub for hub in cluster.hubs if hub.name in names]
    others = _files(hub for hub in cluster.hubs if hub.name not in names)
    shared = {file.document.name for file in cluster.support_files}
    return Area(
        cluster=cluster.name,
        directory=cluster.document.name.rpartition("/")[0] + "/",
        hubs=names,
        files=frozenset(_files(chosen) - others - shared),
        spans=tuple(_span(hub) for hub in chosen),
    )


def _files(hubs: Iterable[Hub]) -> set[str]:
    files = (file for hub in hubs for file in (*hub.values_files, hub.domain_override))
    return {file.document.name for file in files if file}


def _span(hub: Hub) -> range:
    """Return the lines of a cluster.yaml that declare a hub: up to the next hub or the file's next key."""
    document, first = hub.document, hub.document.mark(hub.at).line
    count = len(document.value(("hubs",)))
    starts: list[KeyPath] = [("hubs", index) for index in range(count)]
    starts += [(key,) for key in document.data]
    after = [line for at in starts if (line := document.mark(at).line) > first]
    return range(first, min(after)) if after else range(first, 2**31)


def _lies_in(area: Area, cluster_file: str, problem: Problem) -> bool:
    if not area.hubs:
        return problem.path.startswith(area.directory)
    if problem.path == cluster_file:
        return any(problem.line in span for span in area.spans)
    return problem.path in area.files
