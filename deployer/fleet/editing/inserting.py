"""What comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing import emit
from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import begins_line, column, line_start
from deployer.fleet.editing.splice import Splice, after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.edits import InsertEntry, InsertItem
    from deployer.fleet.editing.places import Place, Places
    from deployer.fleet.editing.spans import Span


def insert_entry(places: Places, edit: InsertEntry) -> Iterator[Splice]:
    """Return the lines of a new entry, laid out as the map's others are."""
    owner = places.container(edit.at)
    if owner is None:
        yield _first_lines(places, emit.entry(edit.key, edit.value, column=0, list_offset=2))
        return
    if owner.kind != "map":
        raise EditRefused("a key goes into a map only")
    behind = places.own(owner, edit.after) if edit.after is not None else None
    if owner is places.root and not owner.entries and begins_line(places.text, owner.start):
        lines = emit.entry(edit.key, edit.value, column=0, list_offset=2)
        yield Splice(line_start(places.text, owner.start), owner.end, places.line_break.join(lines))
        return
    if owner.style == "flow":
        yield _into_flow(places, owner, f"{emit.scalar(edit.key)}: {emit.inline(edit.value)}", behind)
        return
    first = owner.entries[0][0].start
    lines = emit.entry(
        edit.key, edit.value, column=column(places.text, first), list_offset=_list_offset(places)
    )
    yield _lines_before(places, first, lines) if behind is None else _linesafter(places, behind, lines)


def insert_item(places: Places, edit: InsertItem) -> Iterator[Splice]:
    """Return the line of a new item."""
    owner = places.container(edit.at)
    if owner is None or owner.kind != "list":
        raise EditRefused("an item goes into a list only")
    if owner.style == "flow":
        yield _into_flow(places, owner, emit.inline(edit.value), None)
    else:
        line = " " * column(places.text, owner.content) + f"- {emit.inline(edit.value)}"
        yield _lines_before(places, owner.content, [line])


def _into_flow(places: Places, owner: Span, new: str, behind: Place | None) -> Splice:
    if behind:
        return Splice(behind.end, behind.end, f", {new}")
    inside = owner.content + 1
    return Splice(inside, inside, f"{new}, " if owner.entries or owner.items else new)


def _first_lines(places: Places, lines: list[str]) -> Splice:
    end = len(places.text)
    before = "" if begins_line(places.text, end) else places.line_break
    return Splice(end, end, before + "".join(line + places.line_break for line in lines))


def _lines_before(places: Places, position: int, lines: list[str]) -> Splice:
    if begins_line(places.text, position):
        start = line_start(places.text, position)
        return Splice(start, start, "".join(line + places.line_break for line in lines))
    indent = " " * column(places.text, position)
    new = places.line_break.join(lines).lstrip(" ") + places.line_break + indent
    return Splice(position, position, new)


def _linesafter(places: Places, place: Place, lines: list[str]) -> Splice:
    position = after(places, place)
    if position == line_start(places.text, position):
        return Splice(position, position, "".join(line + places.line_break for line in lines))
    return Splice(position, position, "".join(places.line_break + line for line in lines))


def _list_offset(places: Places) -> int:
    """Return how far behind their key the items of this file's lists stand."""
    for key, found in places.blocks():
        if found.kind == "list":
            return column(places.text, found.content) - column(places.text, key.start)
    return 2
