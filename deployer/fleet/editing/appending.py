"""What comes in at the end of a list, as it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.editing import emit
from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.intended import item_of
from deployer.fleet.editing.lines import column, line_break, next_line
from deployer.fleet.editing.splice import Splice, after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.edits import AppendItem
    from deployer.fleet.editing.places import Place, Places
    from deployer.fleet.editing.spans import Span

_COMMENT = re.compile(r" *#[^\r\n]*(\r\n|[\n\r]|$)")
_OFFSET = 2
"""How far behind its key a list stands that is new."""


def append_item(places: Places, edit: AppendItem) -> Iterator[Splice]:
    """Return the lines of a new item, behind those of the last one."""
    owner = places.container(edit.at[:-1])
    if owner is None or (owner.kind == "map" and not places.has(owner, edit.at[-1])):
        yield from _new_list(places, edit, owner)
        return
    place = places.find(edit.at)
    items = places.spans.real(place.value)
    if items.kind == "list" and items.style == "block":
        yield _behind(places, items, edit)
    elif items.kind == "list" and items.items:
        end = items.items[-1].end
        yield Splice(end, end, f", {emit.inline(item_of(edit))}")
    elif (items.kind == "list" or _is_nothing(items)) and place.value is items:
        yield from _first(places, place, edit)
    else:
        raise EditRefused("an item goes into a list only")


def _is_nothing(span: Span) -> bool:
    return span.kind == "scalar" and span.style == "plain" and span.value in ("", "~", "null")


def _behind(places: Places, items: Span, edit: AppendItem) -> Splice:
    at = column(places.text, items.content)
    last = places.last(items)
    position = _without_comments(places.text, after(places, last), at)
    return _lines(places, position, _item(edit.text, at))


def _first(places: Places, place: Place, edit: AppendItem) -> Iterator[Splice]:
    """Put the first item into a list that is empty, below its key."""
    if place.key is None or place.owner.style == "flow":
        raise EditRefused("an item goes into a list only")
    at = column(places.text, place.key.start) + _OFFSET
    start = place.key.end + places.text[place.key.end : place.value.content].index(":") + 1
    yield Splice(start, max(start, place.value.end), "")
    yield _lines(places, next_line(places.text, place.end), _item(edit.text, at))


def _new_list(places: Places, edit: AppendItem, owner: Span | None) -> Iterator[Splice]:
    """Put a new list with its key behind all that a file says."""
    if len(edit.at) != 1 or (owner and owner.style == "flow"):
        raise EditRefused("there is no place for a new list")
    lines = [f"{emit.scalar(str(edit.at[0]))}:", *_item(edit.text, _OFFSET)]
    yield _lines(places, len(places.text), lines)


def _item(text: str, at: int) -> list[str]:
    """Return the lines of an item; comments above its first key stand above its dash."""
    lines = text.splitlines()
    head = next((index for index, line in enumerate(lines) if line and not line.startswith("#")), 0)
    inner = [f"  {line}" if line else line for line in lines[head + 1 :]]
    shown = [*lines[:head], f"- {lines[head]}", *inner]
    return [" " * at + line if line else line for line in shown]


def _lines(places: Places, position: int, lines: list[str]) -> Splice:
    ended = position == 0 or places.text[position - 1] in "\n\r"
    end = line_break(places.text)
    return Splice(position, position, ("" if ended else end) + "".join(line + end for line in lines))


def _without_comments(text: str, position: int, at: int) -> int:
    """Pass over comments that stand further right than the dash: they are about the item before."""
    while (found := _COMMENT.match(text, position)) and found.group():
        if len(found.group()) - len(found.group().lstrip(" ")) <= at:
            break
        position = found.end()
    return position
