"""The version that is wanted, in cluster.yaml: written before the first step, so that another run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import Drafts
from deployer.fleet.editing.edits import InsertEntry, SetValue
from deployer.fleet.problems import identity
from deployer.operations.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.editing.drafts import Change
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.model import Cluster
    from deployer.session import Session

_KEY = "kubernetes_version"
_PLACES = (("infrastructure", _KEY), (_KEY,))
_OF_VERSION = frozenset({"api-schema", "deprecated-api", "removed-api", "render"})
"""The rules that may find other things when nothing but the version is another."""
_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Written:
    """What cluster.yaml becomes, nothing when it says the version already; and what that brings to hubs."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()


def written(session: Session, root: Path, cluster: Cluster, goal: str) -> Written:
    """Return what lets cluster.yaml say a version. The objects of all hubs are held against its API.

    Raises:
        EditRefused: the file cannot be edited without changing more than is meant.
        DeployerError: hubs have objects that the version does not take, or charts do not take the version.
    """
    path = cluster.document.path
    drafts = Drafts(root=root).edited(path, _edits(cluster.document.data, goal))
    found = validate(session, root, cluster=cluster.name, skip_charts=True, edited=drafts.after)
    new, unseen = [each for each in found.problems if each.rule in _OF_VERSION], found.notices
    if drafts.changes:
        known = validate(session, root, cluster=cluster.name, skip_charts=True)
        before = {identity(each) for each in known.problems}
        new = [each for each in found.problems if identity(each) not in before]
        unseen = tuple(each for each in found.notices if each not in known.notices)
    errors = [str(each) for each in new if each.severity == "error"]
    if errors:
        more = f"\n  and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise DeployerError(
            f"hubs of {cluster.name} are not ready for Kubernetes {goal}:\n"
            + "\n".join(f"  {each}" for each in errors[:_SHOWN])
            + more,
            hint="nothing was done; mend these and deploy the hubs, then upgrade",
        )
    return Written(changes=drafts.changes, warnings=(*map(str, new), *unseen))


def _edits(data: Mapping[str, Any], goal: str) -> Iterator[Edit]:
    there = [at for at in _PLACES if _said(data, at) is not None]
    for at in there:
        if _said(data, at) != goal:
            yield SetValue(at=at, value=goal)
    if not there:
        yield InsertEntry(at=(), key=_KEY, value=goal, after="provider")


def _said(data: Any, at: tuple[str, ...]) -> Any:
    for key in at:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
