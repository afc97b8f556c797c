"""What the functions of an expression do: CEL's own that look at texts, and conversions.

Those of times and durations are left out: values of charts have none, and the library's take very long for
some texts.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import re2
from celpy.celtypes import BoolType, BytesType, DoubleType, IntType, StringType, UintType
from celpy.evaluation import CELEvalError, base_functions

from deployer.rules.own.budget import PER_STEP, Budget
from deployer.rules.own.operators import error_in, is_number, operators, plain
from deployer.rules.own.values import Trouble
from deployer.rules.values.parts.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Callable


def functions(budget: Budget) -> dict[str, Callable[..., Any]]:
    """Return the operators and functions of one evaluation, by the names that the library gives them."""
    table: dict[str, Callable[..., Any]] = {
        **operators(budget),
        "size": _size,
        "contains": partial(_text, budget, "contains", operator.contains),
        "startsWith": partial(_text, budget, "startsWith", str.startswith),
        "endsWith": partial(_text, budget, "endsWith", str.endswith),
        "matches": partial(_text, budget, "matches", _matches),
        "int": partial(_number, IntType),
        "double": partial(_number, DoubleType),
        "quantity": _quantity,
        "string": _string,
        "bool": _bool,
    }
    named = {name: _named(name, function) for name, function in table.items()}
    named["type"] = _named("type", partial(_type, named))
    return named


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that has a name: the library looks at it when the function fails."""
    named = partial(function)
    named.__name__ = name  # type: ignore[attr-defined]  # a partial has none
    return named


def _size(value: Any) -> Any:
    if isinstance(value, str | bytes | list | dict):
        return IntType(len(value))
    return error_in(value) or Trouble("`size` takes a text, a list or a map")


def _text(budget: Budget, name: str, ask: Callable[[str, str], Any], text: Any, part: Any) -> Any:
    if error := error_in(text, part):
        return error
    if not isinstance(text, str) or not isinstance(part, str):
        return Trouble(f"`{name}` takes two texts")
    budget.spend((len(text) + len(part)) // PER_STEP)
    answer = ask(text, part)
    return answer if isinstance(answer, CELEvalError) else BoolType(answer)


def _matches(text: str, pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options).search(text) is not None
    except (re2.error, UnicodeError):
        return Trouble("`matches` takes a regular expression of RE2's syntax")


def _number(kind: type[IntType] | type[DoubleType], value: Any) -> Any:
    if error := error_in(value):
        return error
    if is_number(value) or isinstance(value, str):
        try:
            return kind(plain(value))
        except (ValueError, OverflowError):
            pass
    return Trouble("a value that cannot be made a number")


def _quantity(value: Any) -> Any:
    """Return an amount of memory, processors or storage as a number. That is ours; CEL itself has none."""
    amount = None if isinstance(value, BoolType) else quantity(plain(value))
    if amount is not None:
        return DoubleType(amount)
    return error_in(value) or Trouble("`quantity` takes an amount, such as `10Gi`, `500m` or 2")


def _string(value: Any) -> Any:
    if isinstance(value, BoolType):
        return StringType("true" if value else "false")
    if isinstance(value, str | int | float):
        return StringType(plain(value))
    return error_in(value) or Trouble("`string` takes a text, a number or a truth value")


def _bool(value: Any) -> Any:
    if isinstance(value, BoolType):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return BoolType(value == "true")
    return error_in(value) or Trouble("`bool` takes a truth value, or the text of one")


def _type(table: dict[str, Callable[..., Any]], value: Any) -> Any:
    """Return what the name of a value's type means in an expression, so that the two are equal."""
    kinds = {
        BoolType: "bool", UintType: "uint", int: "int", float: "double", str: "string", BytesType: "bytes",
        list: "list", dict: "map", type(None): "null_type",
    }  # fmt: skip
    name = next((name for kind, name in kinds.items() if isinstance(value, kind)), "type")
    return {**base_functions, **table}[name]
