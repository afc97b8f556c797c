"""Comments in YAML files that speak to this program: `# deployer: ignore=RULE reason`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

import yaml

from deployer.fleet.spelling import near

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yaml.nodes import Node

_ADDRESSED = "deployer:"
_COMMENT = re.compile(r"(?<!\S)#+[ \t]*deployer:[ \t]*(?P<text>.*)")
_WORD = re.compile(r"(?P<word>[\w-]+)[ \t]*(?P<sign>=?)[ \t]*(?P<rest>.*)")
_IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Comment:
    """An ignore beside a line, or on a line of its own just above it.

    `line` and `column` say where it is written; `first` and `last` are the lines that it is about: more than
    one where a block of text starts. Without `rules`, or without a `reason`, it hides nothing.
    """

    line: int
    column: int
    first: int
    last: int
    rules: tuple[str, ...]
    reason: str


class _Text(NamedTuple):
    """Where a scalar lies in which a `#` starts no comment. Counted from 0, as PyYAML does."""

    start: tuple[int, int]
    end: tuple[int, int]
    block: bool


def comments(text: str, node: Node | None) -> tuple[Comment, ...]:
    """Return the comments in a file that are meant for this program; `node` is the file's root node."""
    if _ADDRESSED not in text or node is None:
        return ()
    lines = text.splitlines()
    below = _below(lines)
    scalars = sorted(_texts(node, set()))
    return tuple(
        _comment(match, number if line[: match.start()].strip() else below[number], number, scalars)
        for number, line in enumerate(lines)
        for match in _COMMENT.finditer(line)
        if not _within(scalars, (number, match.start())) and _speaks_of_ignoring(match["text"])
    )


def _comment(match: re.Match[str], about: int, number: int, scalars: Sequence[_Text]) -> Comment:
    rules, reason = _said(match["text"])
    return Comment(
        line=number + 1,
        column=match.start() + 1,
        first=about + 1,
        last=_last(scalars, about) + 1,
        rules=rules,
        reason=reason,
    )


def _said(text: str) -> tuple[tuple[str, ...], str]:
    """Return the rules and the reason; no rules when it is not `ignore=RULE[,RULE] reason`."""
    found = _WORD.fullmatch(text)
    if not found or found["word"] != _IGNORE or not found["sign"]:
        return (), ""
    names, _, reason = found["rest"].partition(" ")
    rules = tuple(names.split(","))
    return rules if all(rules) else (), reason.strip(" \t:-")


def _speaks_of_ignoring(text: str) -> bool:
    # Other comments that happen to begin with the program's name are nobody's business.
    found = _WORD.fullmatch(text)
    if not found:
        return False
    return found["word"] == _IGNORE or bool(found["sign"] and near(found["word"], [_IGNORE]))


def _below(lines: Sequence[str]) -> list[int]:
    """Return for each line the next one that is neither empty nor a comment, itself when there is none."""
    found = list(range(len(lines)))
    nearest = None
    for number in reversed(found):
        found[number] = number if nearest is None else nearest
        content = lines[number].strip()
        if content and not content.startswith("#"):
            nearest = number
    return found


def _last(scalars: Sequence[_Text], line: int) -> int:
    """Return the last line of what starts in a line; in a block of text there is no place for a comment."""
    first = bisect_left(scalars, line, key=lambda each: each.start[0])
    starting = takewhile(lambda each: each.start[0] == line, islice(scalars, first, None))
    ends = (each.end for each in starting if each.block)
    return max([line, *(end if column else end - 1 for end, column in ends)])


def _within(scalars: Sequence[_Text], position: tuple[int, int]) -> bool:
    before = bisect_right(scalars, position, key=_start)
    return before > 0 and position < scalars[before - 1].end


def _start(scalar: _Text) -> tuple[int, int]:
    # What stands behind the `|` of a block is a comment, and the text begins in the next line.
    return (scalar.start[0] + 1, 0) if scalar.block else scalar.start


def _texts(node: Node, seen: set[Node]) -> Iterator[_Text]:
    """Yield the quoted scalars and blocks of text; in others a `#` behind a space starts a comment."""
    if node in seen:
        return
    seen.add(node)
    if isinstance(node, yaml.ScalarNode):
        if node.style is not None:
            start, end = node.start_mark, node.end_mark
            yield _Text((start.line, start.column), (end.line, end.column), node.style in "|>")
        return
    for each in node.value:
        for part in each if isinstance(each, tuple) else (each,):
            yield from _texts(part, seen)
