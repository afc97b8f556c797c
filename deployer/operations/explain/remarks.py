"""Comments of settings that move to another file: what somebody explained there stays explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import after_lines, begins_line, column, line_end, line_start
from deployer.fleet.editing.places import Places
from deployer.fleet.editing.spans import spans
from deployer.fleet.nodes import place as place_in
from deployer.fleet.positions import Mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from deployer.fleet.editing.places import Place
    from deployer.fleet.editing.spans import Span
    from deployer.fleet.positions import KeyPath

_COMMENT = re.compile(r"(?<!\S)#[^\r\n]*")


class _Comment(NamedTuple):
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Remarks:
    """The comments of a text of well-formed YAML."""

    text: str

    @cached_property
    def _places(self) -> Places:
        return Places(self.text, spans(self.text))

    @cached_property
    def _comments(self) -> tuple[_Comment, ...]:
        # In scalars there are none, whatever looks like one.
        masked = self.text
        for span in _scalars(self._places.root):
            masked = masked[: span.content] + "x" * (span.end - span.content) + masked[span.end :]
        return tuple(_Comment(each.start(), each.end(), each.group()) for each in _COMMENT.finditer(masked))

    def of(self, settings: Collection[KeyPath], cut: Iterable[KeyPath]) -> dict[KeyPath, list[str]]:
        """Return the comments of settings that go: above, beside and in each.

        `cut` are the highest paths that go with them. Comments above those stay, and are copied when they
        stand right above a setting.
        """
        found: dict[KeyPath, list[str]] = {}
        for top in cut:
            below = [at for at in settings if at[: len(top)] == top]
            start = self._places.find(top).start
            for at in sorted(below, key=lambda at: self._places.find(at).start):
                place = self._places.find(at)
                end = line_end(self.text, place.end)
                above = self._above(place.start) if at == top else self._between(start, place.start)
                found[at] = [each.text for each in (*above, *self._between(place.start, end))]
                start = end
        return {at: texts for at, texts in found.items() if texts}

    def idle(self, settings: Collection[KeyPath], cut: Collection[KeyPath]) -> list[Mark]:
        """Return where comments stand that would be left above what they are not about.

        They are right above a setting that goes. Where the next key follows at once, and stays, a comment may
        be about both; and one at the top of a file may be about the file.
        """
        tops = {line_start(self.text, place.start): place for place in map(self._places.find, cut)}
        found: list[Mark] = []
        for at in sorted(set(cut) & set(settings), key=lambda at: self._places.find(at).start):
            place = self._places.find(at)
            above = self._above(place.start)
            if above and above[0].start and not self._stays_below(place, tops):
                found += [Mark(*place_in(self.text, each.start)) for each in above]
        return found

    def _stays_below(self, place: Place, tops: Mapping[int, Place]) -> bool:
        """Say whether a neighbour that stays follows in the next line, those that go left out."""
        indent = column(self.text, place.start)
        below = place
        while True:
            start = after_lines(self.text, below.start, below.end)
            if start in tops and column(self.text, tops[start].start) == indent:
                below = tops[start]
                continue
            line = self.text[start : line_end(self.text, start)]
            own = line.strip() and not line.lstrip().startswith("#")
            return bool(own) and len(line) - len(line.lstrip(" ")) == indent

    def _between(self, start: int, end: int) -> list[_Comment]:
        return [each for each in self._comments if start <= each.start < end]

    def _above(self, position: int) -> list[_Comment]:
        """Return the comments in the lines just above."""
        found: list[_Comment] = []
        start = line_start(self.text, position)
        for each in reversed(self._between(0, start)):
            if not begins_line(self.text, each.start) or self.text[each.end : start].strip(" \t\r") != "\n":
                break
            found.insert(0, each)
            start = line_start(self.text, each.start)
        return found


def with_remarks(text: str, remarks: Mapping[KeyPath, Sequence[str]]) -> str:
    """Return a text with comments above the keys that they are about."""
    places = Places(text, spans(text))
    starts = {at: places.find(at).start for at in remarks}
    for at in sorted(remarks, key=lambda at: -starts[at]):
        first = line_start(text, starts[at])
        indent = " " * (starts[at] - first)
        text = text[:first] + "".join(f"{indent}{each}\n" for each in remarks[at]) + text[first:]
    return text


def remarks_of(text: str, settings: Collection[KeyPath], cut: Iterable[KeyPath]) -> dict[KeyPath, list[str]]:
    """Return the comments of settings in a text, none when it cannot be told which are theirs."""
    try:
        return Remarks(text).of(settings, cut)
    except EditRefused:
        return {}


def idle_remarks(text: str, settings: Collection[KeyPath], cut: Collection[KeyPath]) -> list[Mark]:
    """Return where comments stand that would be left behind by settings that go, above something else."""
    try:
        return Remarks(text).idle(settings, cut)
    except EditRefused:
        return []


def _scalars(span: Span | None) -> Iterator[Span]:
    if span is None:
        return
    if span.kind == "scalar":
        yield span
    for key, value in span.entries:
        yield from _scalars(key)
        yield from _scalars(value)
    for item in span.items:
        yield from _scalars(item)
