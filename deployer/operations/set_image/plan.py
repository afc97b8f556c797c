"""What setting an image comes down to: one edited file, and the hubs that it makes others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deployer.fleet.editing.drafts import Drafts, diff
from deployer.fleet.editing.writing import write
from deployer.fleet.keypath import shown
from deployer.fleet.load import load, select_cluster, select_hubs
from deployer.fleet.problems import ConfigurationError
from deployer.operations.explain.layers import Layers
from deployer.operations.set_image.checked import Loaded, checked
from deployer.operations.set_image.edits import edits
from deployer.operations.set_image.holder import holder
from deployer.operations.set_image.others import changed, shared_file
from deployer.operations.set_image.place import place, reference, said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deployer.fleet.editing.drafts import Change
    from deployer.fleet.model import Hub
    from deployer.fleet.problems import Problem
    from deployer.render.image_reference import ImageReference
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class SetImage:
    """What is to be written so that a place of a hub's values says an image.

    `changes` are empty when it does already. `others` are further hubs that get the image. `notices` are what
    is worth knowing: new warnings, and what could not be checked.
    """

    name: str
    path: str
    file: str
    before: str | None
    after: str
    changes: tuple[Change, ...] = field(repr=False, default=())
    others: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def summary(self, *, written: bool) -> dict[str, Any]:
        """Return it as plain data (set-image.schema.json)."""
        return {
            "image_of": self.name,
            "path": self.path,
            "file": self.file,
            "before": self.before,
            "after": self.after,
            "other_hubs": list(self.others),
            "changes": bool(self.changes),
            "written": written,
            "diff": diff(self.changes),
            "notices": list(self.notices),
        }


def plan(
    session: Session,
    root: Path,
    *,
    cluster: str,
    hub: str,
    image: ImageReference,
    profile: str | None = None,
    shared: bool = False,
) -> SetImage:
    """Return what gives a hub, or a profile or choice of it, an image. Nothing is written.

    The fleet is checked as it would be. With `shared`, other hubs may get the image too.

    Raises:
        ConfigurationError: files of the hub have errors.
        EditRefused: its file cannot be edited without changing more than is meant.
        DeployerError: there is no such place, its file may not be edited, or the fleet would have new errors.
    """
    fleet, problems = load(root, state=session.state)
    chosen = select_cluster(fleet, cluster)
    (found,) = select_hubs(chosen, [hub])
    _check(problems, found)
    layers = Layers(session, fleet).of(chosen, found)
    where = place(layers, profile)
    origin = holder(fleet, layers, where)
    result = SetImage(
        name=where.name,
        path=shown(where.at),
        file=origin.file or "",
        before=reference(said(layers, where), where),
        after=str(image),
    )
    if origin.document is None or result.before == result.after:
        return result
    path = origin.document.path
    drafts = Drafts(root=fleet.root).edited(path, edits(layers, where, origin, path, image))
    edited, found_then = load(root, state=session.state, edited=drafts.after)
    hubs = tuple(changed(session, fleet, edited, path, where))
    others = tuple(f"{each.name} {other.name}" for each, other in hubs if other is not found)
    if others and not shared:
        raise shared_file(fleet, layers, where, origin, others)
    before, after = Loaded(fleet=fleet, problems=problems), Loaded(fleet=edited, problems=found_then)
    notices = checked(session, before, after, hubs)
    return replace(result, changes=drafts.changes, others=others, notices=notices)


def carry_out(found: SetImage) -> None:
    """Write the file.

    Raises:
        DeployerError: it cannot be written, or is not any more what it was.
    """
    write(found.changes)


def _check(problems: Iterable[Problem], hub: Hub) -> None:
    """Raise the errors in a hub's files: what they mean would be a guess."""
    documents = [*(file.document for file in hub.values_files), *(preset.document for preset in hub.presets)]
    files = {hub.document.name, *(document.name for document in documents)}
    wrong = [each for each in problems if each.severity == "error" and each.path in files]
    if wrong:
        raise ConfigurationError(wrong)
