"""From text to YAML nodes, at libyaml's speed, with every failure turned into one problem."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml._yaml import CParser

from deployer.fleet.problems import Problem

if TYPE_CHECKING:
    from yaml.nodes import Node

PLAIN = "plain"
"""The tag of scalars that are written without quotes and without a tag of their own."""
TEXT = "tag:yaml.org,2002:str"
LIST = "tag:yaml.org,2002:seq"
MAP = "tag:yaml.org,2002:map"
RULE = "yaml"

MOST_VALUES = 50_000
"""How many values a file may stand for: hundreds of times what real ones hold, and read within a second."""
TOO_MANY = f"more than {MOST_VALUES:,} values in one file, counting what aliases repeat"

_DEEPEST = 100
LINE_BREAK = re.compile("\r\n|[\r\n]")
_INVISIBLE = re.compile("[\x85\u2028\u2029\ufeff]")
"""YAML 1.1 counts the first three as line breaks; editors and newer YAML do not, and lines would get other
numbers. The last is a byte order mark, which nobody sees in a key or a value."""
_BYTE_ORDER_MARK = "\ufeff"
_CONFLICT = re.compile("^(<{7}|>{7}) ", re.MULTILINE)
_IN_CONFLICT = "a merge conflict of git that nobody resolved: keep what is right, and remove the markers"
_TAB = "a tab cannot indent: use spaces"
_ONE_DOCUMENT = "another YAML document starts here: a file holds one, so remove what follows"
_AT_PROBLEM = {
    "mapping values are not allowed in this context": (
        "a `:` where no key can be: indent it like its neighbours, or put the value in quotes"
    ),
    "did not find expected key": (
        "this line does not fit those above: look at its indentation, and for quotes within quotes"
    ),
    "did not find expected '-' indicator": "this line does not fit the list above: look at its indentation",
    "did not find expected node content": ("a value should be here; or a `[` or `{` above is not closed"),
    "did not find expected <document start>": _ONE_DOCUMENT,
    "but found another document": _ONE_DOCUMENT,
    "found undefined alias": "no anchor of this name stands above",
    "second occurrence": "an anchor of this name stands above: choose another name",
    "found a tab character that violates indentation": _TAB,
    "found unknown escape character": "unknown escape: write `\\\\` for a backslash, or use single quotes",
}
_AT_CONTEXT = {
    "could not find expected ':'": "this line is not `key: value`, and no list item",
    "found unexpected end of stream": "a quote that is not closed",
    "did not find expected ',' or '}'": "a `{` that is not closed",
    "did not find expected ',' or ']'": "a `[` that is not closed",
}
"""libyaml's words and ours; the second lot is told where the trouble began, not where it was noticed."""


class NotYaml(Exception):
    """A text that cannot be read; carries the one problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Beyond(Exception):
    """Composing on would overflow the stack, where the C code has no limit of its own, or take too long."""

    def __init__(self, parent: Node | None, message: str) -> None:
        super().__init__(parent, message)
        self.parent = parent
        self.message = message


class _Composer(CParser):
    """Composes nodes. PyYAML calls the methods below for each node, which it leaves to its loaders."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.nodes = 0

    def descend_resolver(self, parent: Any, _index: Any) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > _DEEPEST:
            raise _Beyond(parent, f"nested deeper than {_DEEPEST} levels")
        if self.nodes > 2 * MOST_VALUES:  # keys are nodes too
            raise _Beyond(None, TOO_MANY)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return PLAIN if implicit[0] else TEXT
        return LIST if kind is yaml.SequenceNode else MAP


def compose(text: str, name: str) -> Node | None:
    """Return the root node of the one document in `text`, None when there is nothing in it.

    Raises:
        NotYaml: the text is not YAML, or not of a kind that is accepted; `name` names it in the problem.
    """
    invisible = _INVISIBLE.search(text)
    if invisible:
        line, column = place(text, invisible.start())
        what = "byte order mark" if invisible[0] == _BYTE_ORDER_MARK else "line break"
        message = f"an invisible {what} (U+{ord(invisible[0]):04X}): remove it"
        raise NotYaml(Problem(path=name, line=line, column=column, message=message, rule=RULE))
    composer = _Composer(text)
    try:
        node: Node | None = composer.get_single_node()
    except _Beyond as error:
        mark = error.parent.start_mark if error.parent else None
        raise NotYaml(_problem(text, name, mark, error.message)) from error
    except yaml.reader.ReaderError as error:
        raise NotYaml(_unreadable(text, name, error)) from error
    except yaml.MarkedYAMLError as error:
        raise NotYaml(_malformed(text, name, error)) from error
    return node


def place(text: str, index: int) -> tuple[int, int]:
    """Return the line and column, counted from 1, of a character of a text."""
    lines = LINE_BREAK.split(text[:index])
    return len(lines), len(lines[-1]) + 1


def _unreadable(text: str, name: str, error: yaml.reader.ReaderError) -> Problem:
    before = text.encode()[: error.position].decode(errors="ignore")
    line, column = place(before, len(before))
    return Problem(
        path=name,
        line=line,
        column=column,
        message="a control character: remove it, or write it as `\\u....` in double quotes",
        rule=RULE,
    )


def _malformed(text: str, name: str, error: yaml.MarkedYAMLError) -> Problem:
    conflict = _CONFLICT.search(text)
    if conflict:
        line, column = place(text, conflict.start())
        return Problem(path=name, line=line, column=column, message=_IN_CONFLICT, rule=RULE)
    trouble = str(error.problem)
    if trouble in _AT_CONTEXT:
        return _problem(text, name, error.context_mark, _AT_CONTEXT[trouble])
    if "cannot start any token" in trouble:
        return _problem(text, name, error.problem_mark, _bad_start(_character(text, error.problem_mark)))
    advice = _AT_PROBLEM.get(trouble, f"not YAML: {trouble}")
    return _problem(text, name, error.problem_mark or error.context_mark, advice)


def _bad_start(character: str) -> str:
    if character == "\t":
        return _TAB
    return f"`{character}` cannot start a value: put the value in quotes"


def _character(text: str, mark: yaml.Mark | None) -> str:
    if mark is None:
        return ""
    return "".join(LINE_BREAK.split(text)[mark.line : mark.line + 1])[mark.column : mark.column + 1]


def _problem(text: str, name: str, mark: yaml.Mark | None, message: str) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if line > len(LINE_BREAK.split(text)):
        # libyaml ends a last line that has no end.
        line, column = place(text, len(text))
    return Problem(path=name, line=line, column=column, message=message, rule=RULE)
