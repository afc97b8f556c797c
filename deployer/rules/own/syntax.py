"""From the text of an expression to a tree that can be evaluated without surprises.

What the expression looks at is not known yet, but names, functions and macros are: a name that is misspelt
within `has(...)` would otherwise be absent for ever, and the rule silent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from celpy.celparser import CELParseError, CELParser
from celpy.evaluation import Activation, CELEvalError, Evaluator
from lark import Tree, UnexpectedToken

from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Node = Tree[Any]

FUNCTIONS = {
    "has": 1, "size": 1, "quantity": 1,
    "type": 1, "int": 1, "double": 1, "string": 1, "bool": 1, "dyn": 1,
}  # fmt: skip
METHODS = {"size": 0, "contains": 1, "startsWith": 1, "endsWith": 1, "matches": 1}
MACROS = {"all": 2, "exists": 2, "exists_one": 2, "map": 2, "filter": 2}
TYPES = ("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "uint")
"""What may be called, and with how many arguments; and what `type(...)` may be compared with."""

_LONGEST = 4000
_SINGLE = {
    "conditionaland", "conditionalor", "expr", "addition", "member", "multiplication", "relation", "unary",
}  # fmt: skip
_WORD = re.compile(r"\w+|\S")


class Malformed(Exception):
    """A text that is no expression: what is wrong, and in which of its lines, from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def parse(text: str, variables: Collection[str]) -> Node:
    """Return the tree of an expression that knows these variables.

    Raises:
        Malformed: it is none, or it uses what there is not.
    """
    if len(text) > _LONGEST:
        raise Malformed(f"longer than {_LONGEST:,} characters: make several rules of it")
    try:
        tree = _collapsed(CELParser().parse(text))
        _check(tree, frozenset(variables))
    except CELParseError as error:
        raise _misplaced(text, error) from error
    except RecursionError:
        raise Malformed("nested too deeply: make several rules of it") from None
    return tree


def _misplaced(text: str, error: CELParseError) -> Malformed:
    at_end = isinstance(error.__context__, UnexpectedToken) and error.__context__.token.type == "$END"
    if at_end or error.line is None or error.column is None:
        return Malformed("not CEL: it ends too early", error.line or 1)
    rest = text.splitlines()[error.line - 1][error.column - 1 :]
    found = _WORD.match(rest)
    return Malformed(f"not CEL: `{found[0] if found else rest}` is not expected here", error.line)


def _collapsed(tree: Node) -> Node:
    """Return the tree without the nodes that only hand on what is below: nine in ten of the grammar's."""
    while len(tree.children) == 1 and isinstance(below := tree.children[0], Tree):
        if tree.data in _SINGLE:
            tree = below
        elif tree.data == "primary" and below.data == "paren_expr" and isinstance(below.children[0], Tree):
            tree = below.children[0]
        else:
            break
    tree.children = [_collapsed(child) if isinstance(child, Tree) else child for child in tree.children]
    return tree


def _check(tree: Node, names: frozenset[str]) -> None:
    if tree.data == "ident":
        _know(tree.children[0], names, names | set(TYPES), "name")
    elif tree.data == "ident_arg":
        _call(tree.children[0], FUNCTIONS, _arguments(tree))
        if tree.children[0] == "has" and _arguments(tree)[0].data not in ("member_dot", "member_index"):
            raise _at(tree.children[0], "`has` takes a key of something, as in `has(a.b)`")
    elif tree.data == "member_dot_arg":
        _call(tree.children[1], MACROS | METHODS, _arguments(tree))
        if tree.children[1] in MACROS:
            _check_macro(tree, names)
            return
    elif tree.data == "literal":
        _check_literal(tree)
    elif tree.data in ("dot_ident", "dot_ident_arg", "member_object"):
        raise Malformed(f"not known here: {_REFUSED[tree.data]}", tree.meta.line)
    for child in _trees(tree):
        _check(child, names)


_REFUSED = {
    "dot_ident": "a `.` with nothing before it",
    "dot_ident_arg": "a `.` with nothing before it",
    "member_object": "messages, as in `a{b: 1}`",
}


def _check_literal(tree: Node) -> None:
    token: Any = tree.children[0]
    if token.type == "MLSTRING_LIT" and "\n" in token:
        raise _at(token, "a text over several lines, which the library joins: write `\\n` for a line break")
    try:
        value = Evaluator(tree, Activation()).literal(tree)
    except OverflowError as error:
        value = CELEvalError(error)
    if isinstance(value, CELEvalError):
        raise _at(token, f"out of range: `{token}`")


def _check_macro(tree: Node, names: frozenset[str]) -> None:
    variable, body = _arguments(tree)
    name = variable_of(variable)
    if not name:
        macro = tree.children[1]
        raise _at(macro, f"`{macro}` takes a new name first, as in `list.{macro}(item, item > 1)`")
    _check(next(_trees(tree)), names)
    _check(body, names | {name})


def variable_of(argument: Node) -> str:
    """Return the name that the first argument of a macro gives to each item, nothing when it is no name."""
    below = argument.children[0]
    if argument.data == "primary" and isinstance(below, Tree) and below.data == "ident":
        return str(below.children[0])
    return ""


def _call(name: Any, known: dict[str, int], arguments: list[Node]) -> None:
    _know(name, known, known, "function")
    if len(arguments) != known[name]:
        many = "one argument" if known[name] == 1 else f"{known[name] or 'no'} arguments"
        raise _at(name, f"`{name}` takes {many}, not {len(arguments)}")


def _know(name: Any, told: Collection[str], known: Collection[str], what: str) -> None:
    if name not in known:
        raise _at(name, f"no such {what}: `{name}`; {did_you_mean(str(name), sorted(told))}")


def _arguments(tree: Node) -> list[Node]:
    last = tree.children[-1]
    return list(_trees(last)) if isinstance(last, Tree) and last.data == "exprlist" else []


def _trees(tree: Node) -> Iterator[Node]:
    return (child for child in tree.children if isinstance(child, Tree))


def _at(token: Any, message: str) -> Malformed:
    return Malformed(message, token.line or 1)
