"""The lines of a text. Others than these breaks are in no file that can be read."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|[\n\r]")


def line_start(text: str, position: int) -> int:
    """Return where the line of a position begins."""
    return max(text.rfind(each, 0, position) for each in "\n\r") + 1


def line_end(text: str, position: int) -> int:
    """Return where the line of a position ends, before its line break."""
    found = _BREAK.search(text, position)
    return found.start() if found else len(text)


def next_line(text: str, position: int) -> int:
    """Return where the line after that of a position begins."""
    found = _BREAK.search(text, position)
    return found.end() if found else len(text)


def after_lines(text: str, start: int, end: int) -> int:
    """Return where the first line begins that has nothing of what lies between two positions."""
    # What ends with a line break, as some block scalars do, has nothing of the line behind it.
    return end if start < end == line_start(text, end) else next_line(text, end)


def line_starts(text: str, start: int, end: int) -> list[int]:
    """Return where each line begins from `start`, which is such a place, to before `end`."""
    return [start, *(found.end() for found in _BREAK.finditer(text, start, end) if found.end() < end)]


def begins_line(text: str, position: int) -> bool:
    """Say whether only spaces stand before a position in its line."""
    return not text[line_start(text, position) : position].strip(" ")


def column(text: str, position: int) -> int:
    """Return the column of a position, counted from 0."""
    return position - line_start(text, position)


def line_break(text: str) -> str:
    """Return what ends the first line of a text, and so probably the others."""
    found = _BREAK.search(text)
    return found.group() if found else "\n"
