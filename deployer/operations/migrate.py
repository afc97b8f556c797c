"""Lifting a fleet to a newer version of the configuration format, with proof that no hub becomes another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import Drafts
from deployer.fleet.editing.writing import write
from deployer.fleet.load import load, select_cluster
from deployer.fleet.migrations import STEPS
from deployer.fleet.migrations.step import Subject
from deployer.fleet.problems import ConfigurationError, Problem
from deployer.fleet.versions import NEWEST, version
from deployer.operations.sameness import differences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deployer.fleet.editing.drafts import Change
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.model import Cluster
    from deployer.session import Session

_MATTER = frozenset({"daskhub", "duplicate-key", "file", "format", "preset", "schema", "under", "yaml"})
"""The rules without which it is not known what files say. What others find can stay as it is."""
_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Migration:
    """What a migration will write, and what people should know about it.

    `clusters` are the names of those that are lifted to the format `to`, of `total` that were looked at;
    `hubs` is how many hubs were compared.
    """

    to: int
    clusters: tuple[str, ...]
    total: int
    hubs: int
    changes: tuple[Change, ...] = field(repr=False)
    notes: tuple[str, ...] = ()


def plan(session: Session, root: Path, *, cluster: str | None = None, to: int = NEWEST) -> Migration:
    """Return what lifts a fleet, or one cluster of it, to a version of the format. Nothing is written.

    Raises:
        ConfigurationError: files that matter cannot be understood.
        EditRefused: a file cannot be edited without changing more than is meant.
        DeployerError: a hub would become another than it is.
    """
    before, problems = load(root, state=session.state)
    looked_at = (select_cluster(before, cluster),) if cluster else before.clusters
    _check(problems, looked_at)
    names = {each.name for each in looked_at if version(each.document) < to}
    fleet, drafts = before, Drafts(root=before.root)
    notes: list[str] = []
    for number in range(2, to + 1):
        chosen = (each for each in fleet.clusters if each.name in names)
        clusters = tuple(each for each in chosen if version(each.document) < number)
        subject = Subject(fleet=fleet, clusters=clusters, drafts=drafts)
        edits: dict[Path, list[Edit]] = {}
        for planned in (planned for step in STEPS[number] for planned in step(subject)):
            edits.setdefault(planned.document.path, []).extend(planned.edits)
            notes.extend(planned.notes)
        for path, of_file in edits.items():
            drafts = drafts.edited(path, of_file) if of_file else drafts
        fleet, found = load(root, state=session.state, edited=drafts.after)
        _check(set(found) - set(problems), fleet.clusters)
        session.interruption.check()
    _prove(differences(session, before, fleet))
    return Migration(
        to=to,
        clusters=tuple(sorted(names)),
        total=len(looked_at),
        hubs=sum(len(each.hubs) for each in before.clusters),
        changes=drafts.changes,
        notes=tuple(dict.fromkeys(notes)),
    )


def carry_out(migration: Migration) -> None:
    """Write all files of a migration, or none.

    Raises:
        DeployerError: a file cannot be written, or is not any more what it was.
    """
    write(migration.changes)


def _check(problems: Iterable[Problem], clusters: Iterable[Cluster]) -> None:
    """Raise what keeps files of clusters from being understood; what else is wrong does not matter."""
    files = {document for each in clusters for document in _files(each)}
    wrong = [each for each in problems if each.severity == "error" and each.rule in _MATTER]
    wrong = [each for each in wrong if each.path in files]
    if wrong:
        raise ConfigurationError(wrong)


def _files(cluster: Cluster) -> set[str]:
    files = (file for hub in cluster.hubs for file in (*hub.values_files, hub.domain_override))
    return {cluster.document.name, *(file.document.name for file in files if file)}


def _prove(differences: Iterable[str]) -> None:
    found = list(differences)
    if found:
        shown = "\n".join(f"  {each}" for each in found[:_SHOWN])
        more = f"\n  and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise DeployerError(
            f"nothing is changed, for hubs would not be what they are:\n{shown}{more}",
            hint="lift the other clusters by their names, and please report this",
        )
