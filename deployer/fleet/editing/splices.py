"""From edits to a text: each makes splices, and together they may not touch the same characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing import appending, inserting, lifting, removing, replacing
from deployer.fleet.editing.edits import (
    AppendItem,
    CommentOut,
    DeleteEntry,
    EditRefused,
    InsertEntry,
    InsertItem,
    Lift,
    RemoveComment,
    RenameKey,
    SetValue,
)
from deployer.fleet.editing.places import Places
from deployer.fleet.editing.spans import spans
from deployer.fleet.editing.splice import Splice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.positions import KeyPath


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """Return a text after edits; each character that no edit is about stays.

    Raises:
        EditRefused: an edit cannot be made.
    """
    edits = tuple(edits)
    gone = {edit.at for edit in edits if isinstance(edit, DeleteEntry | CommentOut)}
    places = Places(text, spans(text))
    parts, position = [], 0
    for start, end, new in _disjoint(each for edit in edits for each in _splices(places, edit, gone)):
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])


def _splices(places: Places, edit: Edit, gone: Collection[KeyPath]) -> Iterator[Splice]:
    match edit:
        case RenameKey():
            return replacing.rename(places, edit)
        case SetValue():
            return replacing.set_value(places, edit)
        case DeleteEntry():
            return removing.delete(places, edit, gone)
        case CommentOut():
            return removing.comment_out(places, edit, gone)
        case RemoveComment():
            return removing.remove_comment(places, edit)
        case InsertEntry():
            return inserting.insert_entry(places, edit)
        case InsertItem():
            return inserting.insert_item(places, edit)
        case AppendItem():
            return appending.append_item(places, edit)
        case Lift():
            return lifting.lift(places, edit)


def _disjoint(splices: Iterable[Splice]) -> Iterator[Splice]:
    """Return splices in the order of the text, equal ones once: edits may meet in what aliases share."""
    last: Splice | None = None
    for splice in sorted(dict.fromkeys(splices), key=lambda each: (each.start, each.end)):
        if last is None or splice.start >= last.end:
            if last:
                yield last
            last = splice
        elif last.text or splice.text:
            raise EditRefused("two edits are about the same lines")
        else:
            last = Splice(last.start, max(last.end, splice.end), "")
    if last:
        yield last
