"""Which series a question in PromQL asks for: enough of the language for our rules and dashboards."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")|(?P<range>\[[^]]*\])|(?P<number>[0-9][0-9.]*(?:ms|[smhdwy])?)|(?P<word>[a-zA-Z_:][\w:]*)|(?P<sign>\S)""",
    re.VERBOSE,
)
_OF_LABELS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_BETWEEN = {"and", "or", "unless", "offset", "bool"}


@dataclass(frozen=True)
class Asked:
    """A metric, and each label that it is to have with how and what it is to be."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...] = ()


def asked(expr: str) -> list[Asked]:
    """Return the series that a question asks for, in its order."""
    tokens = [(match.lastgroup, match.group()) for match in _TOKEN.finditer(expr)]
    found: list[Asked] = []
    at = 0
    while at < len(tokens):
        kind, word = tokens[at]
        follows = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if word in _OF_LABELS and follows == "(":
            at = _end(tokens, at, ")")
        elif (
            kind == "word"
            and word not in _BETWEEN
            and follows not in ("(", "{")
            and not _function(word, follows)
        ):
            found.append(Asked(word))
        elif kind == "word" and follows == "{":
            end = _end(tokens, at, "}")
            found.append(Asked(word, _matchers([text for _, text in tokens[at + 2 : end]])))
            at = end
        at += 1
    return found


def labels(expr: str) -> set[str]:
    """Return the labels that a question groups and joins by."""
    groups = re.findall(
        rf"\b(?:{'|'.join(_OF_LABELS)})\s*\(([^)]*)\)", re.sub(r'"(?:[^"\\]|\\.)*"', '""', expr)
    )
    return {label.strip() for group in groups for label in group.split(",") if label.strip()}


def _function(word: str, follows: str) -> bool:
    """Say whether it is an aggregation with its labels in front: `sum by (pod) (...)`."""
    return follows in ("by", "without") or word in _OF_LABELS


def _end(tokens: list[tuple[str | None, str]], at: int, sign: str) -> int:
    return next(index for index in range(at, len(tokens)) if tokens[index][1] == sign)


def _matchers(tokens: list[str]) -> tuple[tuple[str, str, str], ...]:
    parts = "".join(tokens)
    found = re.findall(r'(\w+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")', parts)
    return tuple((label, how, text.strip('"')) for label, how, text in found)
