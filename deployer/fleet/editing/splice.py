"""One change of a text, and where entries stand in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.editing.lines import after_lines

if TYPE_CHECKING:
    from deployer.fleet.editing.places import Place, Places


class Splice(NamedTuple):
    """Characters of a text, from `start` to before `end`, and what comes in their place."""

    start: int
    end: int
    text: str


def after(places: Places, place: Place) -> int:
    """Return where the first line begins that has nothing of an entry."""
    return after_lines(places.text, place.start, place.end)


def leading(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))
