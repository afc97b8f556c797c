"""Where each part of a YAML text begins and ends: what an edit cuts out, and where it puts something in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import yaml
from yaml._yaml import CParser

from deployer.fleet.nodes import PLAIN, TEXT
from deployer.fleet.positions import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Style = Literal["plain", "single", "double", "literal", "flow", "block"]

_STYLES: dict[str, Style] = {"'": "single", '"': "double", "|": "literal", ">": "literal"}
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|$))*")
_BLANK = re.compile(r"(?:\s+|#[^\r\n]*)*")


@dataclass(frozen=True, eq=False, kw_only=True)
class Span:
    """A scalar, an alias, or a map or list with what is in it.

    `start` is where its anchor or tag stands, if it has any, and `content` where it begins itself; `end` is
    where its last character ends, without the comments and empty lines that follow. `column` is that of
    `content`, counted from 0. `value` is a scalar's text or an alias's name.
    """

    kind: Literal["scalar", "alias", "map", "list"]
    style: Style
    start: int
    content: int
    end: int
    value: str = ""
    anchor: str | None = None
    items: tuple[Span, ...] = ()
    entries: tuple[tuple[Span, Span], ...] = ()

    @property
    def key(self) -> str | float | None:
        """What a scalar stands for as the key of a map."""
        if self.kind != "scalar":
            return None
        return key_of(yaml.ScalarNode(PLAIN if self.style == "plain" else TEXT, self.value))

    @property
    def merges(self) -> bool:
        """Whether a scalar is the merge key `<<`."""
        return self.kind == "scalar" and self.style == "plain" and self.value == "<<"


@dataclass(frozen=True, kw_only=True)
class Spans:
    """All parts of a text. `root` is None when nothing is in it."""

    root: Span | None
    anchors: dict[str, Span] = field(default_factory=dict)

    def real(self, span: Span) -> Span:
        """Return what a span stands for: itself, or what an alias repeats."""
        return self.anchors[span.value] if span.kind == "alias" else span


def spans(text: str) -> Spans:
    """Return the parts of a text that is one document of well-formed YAML."""
    reader = _Reader(text)
    return Spans(root=reader.document(), anchors=reader.anchors)


def after_blank(text: str, position: int) -> int:
    """Return where the next thing stands that is neither white space nor a comment."""
    match = _BLANK.match(text, position)
    return match.end() if match else position


class _Reader:
    """Reads libyaml's events; aliases stay what they are, which a composer would not do."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.anchors: dict[str, Span] = {}
        self._events = _events(text)

    def document(self) -> Span | None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self._span(next(self._events))
        return None

    def _span(self, event: Any) -> Span:
        if isinstance(event, yaml.AliasEvent):
            span = self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            span = self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            span = self._map(event)
        else:
            span = self._list(event)
        if span.anchor and span.kind != "alias":
            self.anchors[span.anchor] = span
        return span

    def _alias(self, event: Any) -> Span:
        return self._made(event, event.end_mark.index, kind="alias", style="plain", value=event.anchor)

    def _scalar(self, event: Any) -> Span:
        style = _STYLES.get(event.style, "plain")
        end = event.end_mark.index
        if style == "literal" and "+" not in self.text[event.start_mark.index : end].splitlines()[0]:
            # The line ends after the last line of text belong to the scalar as libyaml sees it.
            end = event.start_mark.index + len(self.text[event.start_mark.index : end].rstrip())
        plain = style == "plain" and event.implicit[0]
        # A word with the tag `!!str` is text, as if it had quotes.
        shown: Style = style if plain or style != "plain" or not event.tag else "double"
        return self._made(event, end, kind="scalar", style=shown, value=event.value)

    def _map(self, event: Any) -> Span:
        entries, last = [], event
        for inner in self._until(yaml.MappingEndEvent):
            last = inner
            if not isinstance(inner, yaml.MappingEndEvent):
                key = self._span(inner)
                entries.append((key, self._span(next(self._events))))
        end = last.end_mark.index if event.flow_style else _last_end([each for _, each in entries], event)
        style: Style = "flow" if event.flow_style else "block"
        return self._made(event, end, kind="map", style=style, entries=tuple(entries))

    def _list(self, event: Any) -> Span:
        items, last = [], event
        for inner in self._until(yaml.SequenceEndEvent):
            last = inner
            if not isinstance(inner, yaml.SequenceEndEvent):
                items.append(self._span(inner))
        end = last.end_mark.index if event.flow_style else _last_end(items, event)
        style: Style = "flow" if event.flow_style else "block"
        return self._made(event, end, kind="list", style=style, items=tuple(items))

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        for event in self._events:
            yield event
            if isinstance(event, end):
                return

    def _made(self, event: Any, end: int, **more: Any) -> Span:
        start = event.start_mark.index
        content = start
        if more["kind"] != "alias" and (event.anchor or event.tag):
            match = _PROPERTIES.match(self.text, start, max(end, start))
            content = min(after_blank(self.text, match.end() if match else start), end)
        return Span(start=start, content=content, end=end, anchor=event.anchor, **more)


def _last_end(spans: list[Span], event: Any) -> int:
    return spans[-1].end if spans else int(event.end_mark.index)


def _events(text: str) -> Iterator[Any]:
    parser = CParser(text)
    while parser.check_event():
        yield parser.get_event()
