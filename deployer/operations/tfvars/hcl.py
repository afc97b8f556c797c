"""A .tfvars file: its values with their lines. Nothing in it is evaluated but arithmetic on numbers.

The grammar is python-hcl2's; we read its tree and not its result, which knows no lines and gives expressions
as text.
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lark import Token, Tree

_LARGEST = 2**20
_DEEPEST = 100
_EXPRESSIONS = {
    "function_call": "calls a function",
    "get_attr_expr_term": "refers to something else",
    "index_expr_term": "refers to something else",
    "attr_splat_expr_term": "refers to something else",
    "full_splat_expr_term": "refers to something else",
    "identifier": "refers to something else",
    "for_tuple_expr": "is a `for` expression",
    "for_object_expr": "is a `for` expression",
    "conditional": "is a conditional expression",
}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")


@dataclass(frozen=True, kw_only=True)
class Value:
    """A value and its line, from 1. `data` is a scalar, a list of values, or a map of them."""

    data: Any
    line: int

    def plain(self) -> Any:
        """Return it without lines."""
        if isinstance(self.data, dict):
            return {key: each.plain() for key, each in self.data.items()}
        return [each.plain() for each in self.data] if isinstance(self.data, list) else self.data


class NotLiteral(DeployerError):
    """A file says something at a line that we cannot read."""

    def __init__(self, name: str, line: int, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{name}:{line}: {message}", hint=hint)


def read(path: Path, name: str) -> Value:
    """Return the variables of a file, which messages call by `name`, as a map.

    Raises:
        DeployerError: the file cannot be read, is no HCL, or says something that is not a literal.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise DeployerError(f"{name}: {(error.strerror or str(error)).lower()}") from error
    if len(raw) > _LARGEST:
        raise DeployerError(f"{name}: larger than {_LARGEST // 2**20} MiB", hint="is it a .tfvars file?")
    try:
        return parse(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotLiteral(name, line, "not UTF-8", hint="write the file in UTF-8") from error


def parse(text: str, name: str) -> Value:
    """Return the variables that a text sets, as a map; else see `read`."""
    import hcl2
    from lark.exceptions import UnexpectedInput

    try:
        tree = hcl2.parses_to_tree(text)
    except UnexpectedInput as error:
        last = text.rstrip().count("\n") + 1
        line = min(error.line, last) if error.line > 0 else last
        hint = "`terraform fmt` says more about it"
        raise NotLiteral(
            name, line, f"not HCL: {_unexpected(text, error.pos_in_stream)}", hint=hint
        ) from error
    return _Reader(name).body(tree)


def _unexpected(text: str, at: int | None) -> str:
    rest = text[at or 0 :].strip().partition("\n")[0][:20] if at is not None else ""
    return f"`{rest}` is not expected here" if rest else "the file ends too early"


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name

    def body(self, tree: Tree[Token]) -> Value:
        found: dict[str, Value] = {}
        for node in _trees(next(_trees(tree))):
            if node.data == "block":
                raise self.error(
                    node, "a block; a .tfvars file sets variables only", hint="write `name = value`"
                )
            if node.data != "attribute":
                continue
            key, value = _parts(node)
            name = str(key.children[0])
            if name in found:
                raise self.error(node, f"`{name}` is set twice, first in line {found[name].line}")
            found[name] = Value(data=self.value(value, 0).data, line=_line(node))
        return Value(data=found, line=1)

    def error(self, node: Tree[Token], message: str, *, hint: str | None = None) -> NotLiteral:
        return NotLiteral(self.name, _line(node), message, hint=hint)

    def value(self, node: Tree[Token], depth: int) -> Value:
        if depth > _DEEPEST:
            raise self.error(node, "nested too deeply")
        kind = str(node.data)
        if kind == "expr_term":
            return self.value(next(_trees(node)), depth + 1)
        if kind == "object":
            return Value(data=dict(self.entries(node, depth)), line=_line(node))
        if kind == "tuple":
            return Value(data=[self.value(each, depth + 1) for each in _trees(node)], line=_line(node))
        return Value(data=self.scalar(node, kind, depth), line=_line(node))

    def entries(self, node: Tree[Token], depth: int) -> Iterator[tuple[str, Value]]:
        seen = set()
        for element in _trees(node):
            key, value = _parts(element)
            name = self.key(key, depth)
            if name in seen:
                raise self.error(element, f"`{name}` is said twice in one map")
            seen.add(name)
            yield name, Value(data=self.value(value, depth + 1).data, line=_line(element))

    def key(self, node: Tree[Token], depth: int) -> str:
        inner = next(_trees(node))
        term = next(_trees(inner), inner) if inner.data == "expr_term" else inner
        parenthesised = inner.data == "expr_term" and inner.children[0] is not term
        if term.data in ("identifier", "keyword", "literal_value") and not parenthesised:
            return str(term.children[0])
        data = self.value(inner, depth + 1).data
        if not isinstance(data, str | int):
            raise self.error(node, "the key of a map must be text")
        return str(data)

    def scalar(self, node: Tree[Token], kind: str, depth: int) -> Any:
        if kind == "literal_value":
            return {"true": True, "false": False, "null": None}[str(node.children[0])]
        if kind in ("int_lit", "float_lit"):
            return self.number(node, kind)
        if kind == "string":
            return "".join(self.string_parts(node))
        if kind in ("heredoc_template", "heredoc_template_trim"):
            return self.heredoc(node, trim=kind.endswith("trim"))
        if kind in ("binary_op", "unary_op"):
            return self.arithmetic(node, kind, depth)
        raise self.error(
            node,
            f"this {_EXPRESSIONS.get(kind, 'is an expression')}; only literals can be read",
            hint="write the value that it stands for",
        )

    def number(self, node: Tree[Token], kind: str) -> float:
        try:
            found = int(str(node.children[0])) if kind == "int_lit" else float(str(node.children[0]))
        except ValueError as error:
            raise self.error(node, "this number is too long") from error
        if found == math.inf:
            raise self.error(node, "this number is too large")
        return found

    def string_parts(self, node: Tree[Token]) -> Iterator[str]:
        for part in _trees(node):
            inner = part.children[0]
            if not isinstance(inner, str):
                raise self.error(part, "this text has a template in it; only literals can be read")
            if inner.startswith(("$${", "%%{")):
                yield inner[1:]
            else:
                yield self.unescaped(part, inner)

    def unescaped(self, node: Tree[Token], text: str) -> str:
        return _ESCAPE.sub(lambda match: self.escape(node, match[1]), text)

    def escape(self, node: Tree[Token], said: str) -> str:
        if said[0] in "uU" and len(said) > 1:
            code = int(said[1:], 16)
            if code < 0x110000 and not 0xD800 <= code < 0xE000:
                return chr(code)
        elif said in _ESCAPED:
            return _ESCAPED[said]
        raise self.error(node, f"no such escape in a text: `\\{said}`")

    def heredoc(self, node: Tree[Token], *, trim: bool) -> str:
        lines = str(node.children[0]).replace("\r\n", "\n").rstrip("\n").split("\n")[1:-1]
        for number, line in enumerate(lines, start=1):
            if _TEMPLATE.search(line):
                message = "this text has a template in it; only literals can be read"
                raise NotLiteral(self.name, _line(node) + number, message)
        if trim:
            indented = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
            lines = [line[min(indented, default=0) :] for line in lines]
        text = "".join(f"{line}\n" for line in lines)
        return text.replace("$${", "${").replace("%%{", "%{")

    def arithmetic(self, node: Tree[Token], kind: str, depth: int) -> Any:
        if kind == "unary_op":
            return self.calculated(
                node, str(node.children[0]), 0, self.value(next(_trees(node)), depth + 1).data
            )
        left, term = _parts(node)
        sign, right = _parts(term)
        terms = (self.value(each, depth + 1).data for each in (left, right))
        return self.calculated(node, str(sign.children[0]), *terms)

    def calculated(self, node: Tree[Token], sign: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (left, right))
        if sign not in _OPERATORS or not numbers:
            raise self.error(node, "this is an expression; only literals and arithmetic can be read")
        try:
            found = _OPERATORS[sign](left, right)
        except (ZeroDivisionError, OverflowError) as error:
            raise self.error(node, "this cannot be calculated") from error
        return int(found) if isinstance(found, float) and found.is_integer() else found


def _trees(node: Tree[Token]) -> Iterator[Tree[Token]]:
    """Yield what is in a node, without punctuation and comments."""
    for child in node.children:
        if not isinstance(child, str) and child.data != "new_line_or_comment":
            yield child


def _parts(node: Tree[Token]) -> tuple[Tree[Token], Tree[Token]]:
    first, second = _trees(node)
    return first, second


def _line(node: Tree[Token]) -> int:
    return int(node.meta.line)
