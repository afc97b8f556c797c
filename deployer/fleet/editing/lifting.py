"""What moves one level up, with its comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import begins_line, column, line_end, line_start, line_starts, next_line
from deployer.fleet.editing.spans import after_blank
from deployer.fleet.editing.splice import Splice, after, leading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.edits import Lift
    from deployer.fleet.editing.places import Place, Places

_AFTER_KEY = re.compile(r"[ \t]*:[ \t]*(?:[&!]\S+[ \t]*)*(#.*)?")


def lift(places: Places, edit: Lift) -> Iterator[Splice]:
    """Return the cut of a key's line, and of spaces before each line of its map."""
    place = places.find(edit.at)
    inner = place.value
    if place.key is None or inner.kind != "map" or inner.style == "flow":
        raise EditRefused("only a map with its keys on lines of their own can be lifted")
    start = line_start(places.text, place.start)
    head = _AFTER_KEY.fullmatch(places.text, place.key.end, line_end(places.text, place.key.end))
    if head is None or not begins_line(places.text, place.start):
        raise EditRefused("it shares its lines with something else")
    body = next_line(places.text, place.key.end)
    comment = places.text[start : place.start] + head[1] + places.line_break if head[1] else ""
    yield Splice(start, body, comment)
    shift = column(places.text, inner.entries[0][0].start) - (place.start - start)
    for line in line_starts(places.text, body, _after_comments(places, place, shift)):
        less = min(shift, leading(places.text[line : line_end(places.text, line)]))
        if less:
            yield Splice(line, line + less, "")


def _after_comments(places: Places, place: Place, indent: int) -> int:
    """Return where the lines of a block end, the indented comments at its end included."""
    end = after(places, place)
    limit = after_blank(places.text, end)
    for start in line_starts(places.text, end, limit):
        line = places.text[start : line_end(places.text, start)]
        if line.strip() and leading(line) < indent:
            break
        if line.lstrip(" ").startswith("#"):
            end = next_line(places.text, start)
    return end
