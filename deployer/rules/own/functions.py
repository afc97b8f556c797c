"""What the operators and functions of an expression do, where the library's own would not do.

Its comparisons of values of two types are errors where CEL's specification has an answer, its conversions and
its arithmetic take what could run for ever or fill the memory, and its errors repeat values.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import re2
from celpy.celtypes import BoolType, BytesType, DoubleType, IntType, StringType, UintType
from celpy.evaluation import CELEvalError, base_functions

from deployer.rules.own.budget import LONGEST, Budget
from deployer.rules.own.values import Trouble
from deployer.rules.values.parts.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge,
}  # fmt: skip
_SYMBOLS = "`<`, `<=`, `>` and `>=`"
_PER_STEP = 64
"""Characters that are looked through in the time of a step."""


def functions(budget: Budget) -> dict[str, Callable[..., Any]]:
    """Return the functions of one evaluation, by the names that the library gives them."""
    equal = partial(_equal, budget)
    table: dict[str, Callable[..., Any]] = {
        "_==_": equal,
        "_!=_": lambda a, b: _not(equal(a, b)),
        "_in_": partial(_in, equal),
        "_+_": _add,
        "_[_]": _item,
        "!_": _not,
        "-_": _negative,
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
    table.update({name: partial(_compare, compare) for name, compare in _COMPARED.items()})
    table.update({f"_{sign}_": partial(_calculate, base_functions[f"_{sign}_"]) for sign in "-*/%"})
    table["type"] = partial(_type, table)
    return table


def is_number(value: Any) -> bool:
    """Say whether a value is a number: truth values are integers to Python."""
    return isinstance(value, int | float) and not isinstance(value, BoolType)


def _error(*values: Any) -> CELEvalError | None:
    return next((value for value in values if isinstance(value, CELEvalError)), None)


def _equal(budget: Budget, a: Any, b: Any) -> Any:
    budget.spend()
    if error := _error(a, b):
        return error
    if isinstance(a, dict) and isinstance(b, dict):
        if len(a) != len(b) or any(key not in b for key in a):
            return BoolType(False)
        return _all_equal(budget, ((a[key], b[key]) for key in a))
    if isinstance(a, list) and isinstance(b, list):
        return _all_equal(budget, zip(a, b, strict=True)) if len(a) == len(b) else BoolType(False)
    if is_number(a) and is_number(b):
        return BoolType(_plain(a) == _plain(b))
    for kind in (BoolType, str, bytes):
        if isinstance(a, kind) and isinstance(b, kind):
            return BoolType(_plain(a) == _plain(b))
    return BoolType(a is b)


def _all_equal(budget: Budget, pairs: Any) -> Any:
    uncertain = None
    for one, other in pairs:
        same = _equal(budget, one, other)
        if isinstance(same, CELEvalError):
            uncertain = uncertain or same
        elif not same:
            return same
    return uncertain or BoolType(True)


def _in(equal: Callable[[Any, Any], Any], item: Any, container: Any) -> Any:
    if error := _error(item, container):
        return error
    if isinstance(container, dict):
        return BoolType(_has_key(container, item))
    if not isinstance(container, list):
        return Trouble("`in` takes a list or a map behind it")
    found = [equal(item, each) for each in container]
    if any(isinstance(each, BoolType) and each for each in found):
        return BoolType(True)
    return _error(*found) or BoolType(False)


def _has_key(container: dict[Any, Any], key: Any) -> bool:
    try:
        return key in container
    except TypeError:  # of another type than a key, or no key at all
        return False


def _compare(compare: Callable[[Any, Any], bool], a: Any, b: Any) -> Any:
    if error := _error(a, b):
        return error
    alike = any(isinstance(a, kind) and isinstance(b, kind) for kind in (str, BoolType))
    if alike or (is_number(a) and is_number(b)):
        return BoolType(compare(_plain(a), _plain(b)))
    return Trouble(f"{_SYMBOLS} take two numbers or two texts")


def _plain(value: Any) -> Any:
    """Return what Python compares as everybody expects: the library's numbers refuse those of other types."""
    kinds: tuple[Any, ...] = (str, bytes, int, float)
    return next((kind(value) for kind in kinds if isinstance(value, kind)), value)


def _add(a: Any, b: Any) -> Any:
    for kind in (str, list):
        if isinstance(a, kind) and isinstance(b, kind):
            if len(a) + len(b) > LONGEST:
                return Trouble(f"more than {LONGEST:,} characters or items put together")
            return base_functions["_+_"](a, b)
    return _calculate(base_functions["_+_"], a, b)


def _calculate(calculate: Callable[..., Any], a: Any, b: Any) -> Any:
    if error := _error(a, b):
        return error
    if not (is_number(a) and is_number(b)):
        return Trouble("arithmetic takes numbers, and `+` two texts or two lists too")
    if isinstance(a, int) != isinstance(b, int):
        return Trouble("numbers of two kinds: make them one with `int(...)` or `double(...)`")
    try:
        return calculate(a, b)
    except ZeroDivisionError:
        return Trouble("a division by zero")
    except (ValueError, OverflowError):
        return Trouble("a number out of range")
    except TypeError:
        return Trouble("arithmetic that these numbers do not have")


def _negative(value: Any) -> Any:
    return _error(value) or _calculate(operator.sub, IntType(0) if isinstance(value, int) else 0.0, value)


def _not(value: Any) -> Any:
    if isinstance(value, CELEvalError):
        return value
    return BoolType(not value) if isinstance(value, BoolType) else Trouble("`!` takes `true` or `false`")


def _item(container: Any, key: Any) -> Any:
    if error := _error(container, key):
        return error
    if isinstance(container, dict):
        if _has_key(container, key):
            return container[key]
        return Trouble("there is no such key: ask `in` or `has(...)` first")
    if not isinstance(container, list) or not isinstance(key, int) or isinstance(key, BoolType):
        return Trouble("`[...]` takes a key of a map or a number of a list")
    return container[key] if 0 <= key < len(container) else Trouble("the list has not so many items")


def _size(value: Any) -> Any:
    if isinstance(value, str | bytes | list | dict):
        return IntType(len(value))
    return _error(value) or Trouble("`size` takes a text, a list or a map")


def _text(budget: Budget, name: str, ask: Callable[[str, str], Any], text: Any, part: Any) -> Any:
    if error := _error(text, part):
        return error
    if not isinstance(text, str) or not isinstance(part, str):
        return Trouble(f"`{name}` takes two texts")
    budget.spend((len(text) + len(part)) // _PER_STEP)
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
    if error := _error(value):
        return error
    if is_number(value) or isinstance(value, str):
        try:
            return kind(_plain(value))
        except (ValueError, OverflowError):
            pass
    return Trouble("a value that cannot be made a number")


def _quantity(value: Any) -> Any:
    """Return an amount of memory, processors or storage as a number. That is ours; CEL itself has none."""
    amount = None if isinstance(value, BoolType) else quantity(_plain(value))
    if amount is not None:
        return DoubleType(amount)
    return _error(value) or Trouble("`quantity` takes an amount, such as `10Gi`, `500m` or 2")


def _string(value: Any) -> Any:
    if isinstance(value, BoolType):
        return StringType("true" if value else "false")
    if isinstance(value, str | int | float):
        return StringType(_plain(value))
    return _error(value) or Trouble("`string` takes a text, a number or a truth value")


def _bool(value: Any) -> Any:
    if isinstance(value, BoolType):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return BoolType(value == "true")
    return _error(value) or Trouble("`bool` takes a truth value, or the text of one")


def _type(table: dict[str, Callable[..., Any]], value: Any) -> Any:
    """Return what the name of a value's type means in an expression, so that the two are equal."""
    kinds = {
        BoolType: "bool", UintType: "uint", int: "int", float: "double", str: "string", BytesType: "bytes",
        list: "list", dict: "map", type(None): "null_type",
    }  # fmt: skip
    name = next((name for kind, name in kinds.items() if isinstance(value, kind)), "type")
    return {**base_functions, **table}[name]
