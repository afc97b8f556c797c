"""Keys and values that become others, in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.editing import emit
from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import next_line
from deployer.fleet.editing.splice import Splice, after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.edits import RenameKey, SetValue
    from deployer.fleet.editing.places import Places

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
    new = emit.scalar(edit.value, old.style, in_block=in_block) if is_scalar else emit.inline(edit.value)
    head = _HEAD.match(places.text, place.key.end) if place.key else None
    if old.style == "block" and head:
        # Where its lines were, the new value might stand too far to the left.
        yield Splice(head.end(), head.end(), f" {new}")
        yield Splice(next_line(places.text, head.end()), after(places, place), "")
        return
    bare = old.content == old.end and places.text[old.end - 1 : old.end] not in (" ", "\t")
    # A block may end with line breaks, and one of them ends the line.
    end = len(places.text[: old.end].rstrip()) if old.style in ("literal", "block") else old.end
    yield Splice(old.content, end, f" {new}" if bare else new)
