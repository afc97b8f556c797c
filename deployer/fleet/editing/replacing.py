"""Keys and values that become others, in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.editing import emit
from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import column, line_end, next_line
from deployer.fleet.editing.splice import Splice, after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.edits import RenameKey, SetValue
    from deployer.fleet.editing.places import Place, Places
    from deployer.fleet.editing.spans import Span

_HEAD = re.compile(r"[ \t]*:(?:[ \t]+[&!]\S+)*")
"""What stands between a key and its value."""


def rename(places: Places, edit: RenameKey) -> Iterator[Splice]:
    """Return the change of a key's name."""
    key = places.find(edit.at).key
    if key is None or key.kind != "scalar":
        raise EditRefused("only the key of a map can have another name")
    yield Splice(key.content, key.end, emit.scalar(edit.to, key.style))


def set_value(places: Places, edit: SetValue) -> Iterator[Splice]:
    """Return the change of a value; its anchor stays."""
    place = places.find(edit.at)
    old = place.value
    is_scalar = not isinstance(edit.value, dict | list)
    in_block = place.owner.style == "block"
    head = _HEAD.match(places.text, place.key.end) if place.key else None
    if isinstance(edit.value, dict) and edit.value and _is_nothing(old) and head and in_block:
        yield from _block(places, place, edit.value)
        return
    new = emit.scalar(edit.value, old.style, in_block=in_block) if is_scalar else emit.inline(edit.value)
    if old.style == "block" and head:
        # Where its lines were, the new value might stand too far to the left.
        yield Splice(head.end(), head.end(), f" {new}")
        yield Splice(next_line(places.text, head.end()), after(places, place), "")
        return
    bare = old.content == old.end and places.text[old.end - 1 : old.end] not in (" ", "\t")
    # A block may end with line breaks, and one of them ends the line.
    end = len(places.text[: old.end].rstrip()) if old.style in ("literal", "block") else old.end
    yield Splice(old.content, end, f" {new}" if bare else new)


def _is_nothing(old: Span) -> bool:
    empty = old.kind == "map" or (old.kind == "scalar" and old.style == "plain" and not old.value)
    return empty and not old.entries and old.anchor is None


def _block(places: Places, place: Place, value: dict[str, Any]) -> Iterator[Splice]:
    """Return the lines of a map that comes where nothing was; a comment beside the key stays there."""
    text, key_end = places.text, place.key.end if place.key else place.start
    colon = text.index(":", key_end) + 1
    if place.value.end > colon:
        yield Splice(colon, place.value.end, "")
    at = column(text, place.start) + 2
    entries = [emit.entry(name, each, column=at, list_offset=2) for name, each in value.items()]
    lines = [line for entry in entries for line in entry]
    end = line_end(text, place.end)
    yield Splice(end, end, "".join(f"{places.line_break}{line}" for line in lines))
