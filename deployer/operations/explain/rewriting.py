"""A proposal as files: the shared one, the hubs' files without what it says, and cluster.yaml listing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.editing.drafts import BYTE_ORDER_MARK, Drafts
from deployer.fleet.editing.edits import DeleteEntry, EditRefused, InsertEntry, InsertItem, RemoveComment
from deployer.operations.explain.remarks import idle_remarks, remarks_of, with_remarks
from deployer.render.paths import nested
from deployer.render.provenance import leaves_of
from deployer.render.text import as_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from deployer.fleet.editing.drafts import Change
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.proposal import Proposal
    from deployer.operations.explain.statements import Target


_NAMED = 6
_FOR_EDITORS = "# yaml-language-server:"


class Untouchable(Exception):
    """A file that cannot be edited, and why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Rewriting:
    """The new file with its text, and what becomes of others."""

    path: Path
    name: str
    text: str = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)

    @property
    def emptied(self) -> tuple[str, ...]:
        """The files in which nothing is left but comments."""
        return tuple(each.name for each in self.changes if not _lines(each.after.decode()))

    @property
    def lines(self) -> int:
        """How many lines fewer there will be in all, comments and empty lines aside."""
        gone = sum(_lines(each.old.decode()) - _lines(each.after.decode()) for each in self.changes)
        return gone - _lines(self.text)


def _lines(text: str) -> int:
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in text.splitlines())


def rewriting(root: Path, found: Proposal, target: Target) -> Rewriting:
    """Return the files that a proposal comes down to; nothing is written.

    Raises:
        Untouchable: a file cannot be edited without changing more than is meant.
    """
    path = _free(root / "config" / "presets" if target == "preset" else _directory(found), target)
    drafts = Drafts(root=root)
    remarks: dict[KeyPath, list[str]] = {}
    for origin, paths in found.removals:
        if origin.document:
            gone = list(_cut(origin.values, frozenset(paths), (), origin.place))
            file, moved = origin.document.path, [(*origin.place, *at) for at in paths]
            drafts, text = _without(drafts, file, moved, gone)
            for at, texts in remarks_of(text, moved, gone).items():
                known = remarks.setdefault(at[len(origin.place) :], [])
                known += [each for each in texts if each not in known]
    for layers in found.hubs:
        drafts = _edited(drafts, layers.hub.document.path, [_listing(layers, path, target)])
    return Rewriting(
        path=path,
        name=path.relative_to(root).as_posix(),
        text=_text(found, target, path, remarks),
        changes=drafts.changes,
    )


def _directory(found: Proposal) -> Path:
    return found.hubs[0].cluster.directory


def _free(directory: Path, target: Target) -> Path:
    suffix = ".yaml" if target == "preset" else ".values.yaml"
    for number in range(1, 1000):
        path = directory / f"shared{f'-{number}' if number > 1 else ''}{suffix}"
        if not path.exists():
            return path
    raise Untouchable(directory, "it is full of shared files")


def _edited(drafts: Drafts, path: Path, edits: Collection[Edit]) -> Drafts:
    try:
        return drafts.edited(path, edits)
    except EditRefused as error:
        raise Untouchable(path, error.message) from error


def _without(
    drafts: Drafts, path: Path, moved: Collection[KeyPath], gone: Collection[KeyPath]
) -> tuple[Drafts, str]:
    """Return drafts in which a file lacks settings and what is said about them, and its text before."""
    entries = [DeleteEntry(at=at) for at in gone]
    without = _edited(drafts, path, entries)
    text = (without.before[path] or b"").decode().removeprefix(BYTE_ORDER_MARK)
    if path in drafts.after:  # where comments are in it now is not known
        return without, text
    comments = [RemoveComment(mark=mark) for mark in idle_remarks(text, moved, gone)]
    try:
        return drafts.edited(path, [*entries, *comments]), text
    except EditRefused:
        # A comment too many harms nobody.
        return without, text


def _cut(values: Any, gone: Collection[KeyPath], at: KeyPath, place: KeyPath) -> Iterator[KeyPath]:
    """Yield the highest paths in the file below which nothing would be left: an empty key would be a null."""
    if (at or place) and _all_gone(values, gone, at):
        yield (*place, *at)
    elif isinstance(values, Mapping):
        for key, below in values.items():
            yield from _cut(below, gone, (*at, key), place)


def _all_gone(values: Any, gone: Collection[KeyPath], at: KeyPath) -> bool:
    return all((*at, *below) in gone for below, _ in leaves_of(values))


def _listing(layers: HubLayers, path: Path, target: Target) -> Edit:
    hub = layers.hub
    if target == "values file":
        return InsertItem(at=(*hub.at, "helm_chart_values_files"), value=path.name)
    if isinstance(hub.document.value((*hub.at, "presets")), list):
        return InsertItem(at=(*hub.at, "presets"), value=path.stem)
    return InsertEntry(at=hub.at, key="presets", value=[path.stem], after="helm_chart")


def _text(found: Proposal, target: Target, path: Path, remarks: Mapping[KeyPath, list[str]]) -> str:
    place = ("values",) if target == "preset" else found.place
    moved = {(*place, *at): texts for at, texts in remarks.items()}
    values = nested(list(map(str, place)), found.values)
    if target == "preset":
        head = as_yaml({"description": f"What {len(found.hubs)} hubs have in common"})
    else:
        *others, last = (layers.hub.name for layers in found.hubs)
        named = f"{', '.join(others)} and {last}" if others else last
        which = named if len(found.hubs) <= _NAMED else f"{len(found.hubs)} hubs"
        head = f"# What {which} have in common.\n"
    return _editors_line(path) + head + with_remarks(as_yaml(values), moved)


def _editors_line(path: Path) -> str:
    """Return the line that names a schema to editors, as the files beside the new one have it."""
    for other in sorted(path.parent.glob("*" + "".join(path.suffixes))):
        first = other.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
        if first.startswith(_FOR_EDITORS):
            return f"{first}\n"
    return ""
