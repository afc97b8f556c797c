"""Comments in YAML files that speak to this program: `# deployer: ignore=RULE reason`."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    scalars = list(_texts(node, set()))
    return tuple(
        _comment(match, number, lines, scalars)
        for number, line in enumerate(lines)
        for match in _COMMENT.finditer(line)
        if not _within(scalars, (number, match.start())) and _speaks_of_ignoring(match["text"])
    )


def _comment(match: re.Match[str], number: int, lines: Sequence[str], scalars: Sequence[_Text]) -> Comment:
    about = number if lines[number][: match.start()].strip() else _below(lines, number)
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


def _below(lines: Sequence[str], number: int) -> int:
    """Return the next line that is neither empty nor a comment."""
    for below in range(number + 1, len(lines)):
        if lines[below].strip() and not lines[below].lstrip().startswith("#"):
            return below
    return number


def _last(scalars: Sequence[_Text], line: int) -> int:
    """Return the last line of what starts in a line; in a block of text there is no place for a comment."""
    ends = (each.end for each in scalars if each.block and each.start[0] == line)
    return max([line, *(end if column else end - 1 for end, column in ends)])


def _within(scalars: Sequence[_Text], position: tuple[int, int]) -> bool:
    return any(_start(each) <= position < each.end for each in scalars)


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
