"""Where in a file's text the path of a value leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import line_break
from deployer.fleet.editing.spans import after_blank
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.editing.spans import Span, Spans
    from deployer.fleet.positions import KeyPath


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of a map, or one item of a list (which has no `key`), in the text."""

    owner: Span
    index: int
    name: str | float | None
    key: Span | None
    value: Span
    start: int
    """Where the key begins, or in a block list the item's dash."""

    @property
    def end(self) -> int:
        """Where the value ends, or the key when that is further."""
        return max(self.value.end, self.key.end if self.key else 0)


@dataclass(frozen=True)
class Places:
    """Finds things in a text. What `<<` or an alias brings in is found where it is written."""

    text: str
    spans: Spans

    @property
    def line_break(self) -> str:
        """What ends the lines of the text."""
        return line_break(self.text)

    @property
    def root(self) -> Span | None:
        """What the whole text is."""
        return self.spans.root

    def find(self, at: KeyPath) -> Place:
        """Return the entry or item at a path."""
        span, found = self.root, None
        for length, part in enumerate(at, start=1):
            found = self._step(self.spans.real(span), part, set()) if span else None
            if found is None:
                raise EditRefused(f"there is no `{shown(at[:length])}`")
            span = found.value
        if found is None:
            raise EditRefused("the whole file cannot be edited at once")
        return found

    def container(self, at: KeyPath) -> Span | None:
        """Return the map or list at a path; None for a file with nothing in it."""
        span = self.find(at).value if at else self.root
        return self.spans.real(span) if span else None

    def siblings(self, place: Place) -> list[Place]:
        """Return everything in the map or list that a place is in, itself included."""
        return list(_places(self.text, place.owner))

    def own(self, owner: Span, name: str) -> Place:
        """Return the entry of a map with this key, else its last one."""
        found = list(_places(self.text, owner))
        return next((each for each in found if each.name == name), found[-1])

    def has(self, owner: Span, name: str | int) -> bool:
        """Say whether a map has an entry with this key, one that `<<` brings in included."""
        return self._step(owner, name, set()) is not None

    def last(self, owner: Span) -> Place:
        """Return the last entry or item of what is not empty."""
        return list(_places(self.text, owner))[-1]

    def blocks(self) -> Iterator[tuple[Span, Span]]:
        """Return each block collection that is the value of a key, with the key, from the top down."""
        waiting = [self.root] if self.root else []
        while waiting:
            span = waiting.pop(0)
            for key, value in span.entries:
                if value.style == "block":
                    yield key, value
            waiting += [*(value for _, value in span.entries), *span.items]

    def _step(self, span: Span, part: str | int, seen: set[Span]) -> Place | None:
        if span.kind == "list":
            found = list(_places(self.text, span))
            return found[part] if isinstance(part, int) and 0 <= part < len(found) else None
        seen.add(span)
        for place in _places(self.text, span):
            if place.name == part and place.key and not place.key.merges:
                return place
        for key, value in span.entries:
            for each in self._merged(value) if key.merges else ():
                found_below = None if each in seen else self._step(each, part, seen)
                if found_below:
                    return found_below
        return None

    def _merged(self, value: Span) -> list[Span]:
        real = self.spans.real(value)
        spans = [self.spans.real(item) for item in real.items] if real.kind == "list" else [real]
        return [each for each in spans if each.kind == "map"]


def _places(text: str, owner: Span) -> Iterator[Place]:
    for index, (key, value) in enumerate(owner.entries):
        yield Place(owner=owner, index=index, name=key.key, key=key, value=value, start=key.start)
    before = owner.content
    for index, item in enumerate(owner.items):
        start = item.start if owner.style == "flow" else after_blank(text, before)
        yield Place(owner=owner, index=index, name=index, key=None, value=item, start=start)
        before = item.end
