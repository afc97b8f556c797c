"""What the operators of an expression do.

The library's own compare no values of two types, where CEL's specification has an answer; their arithmetic
takes what fills the memory; their errors repeat values. An error among the operands is handed on.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

from celpy.celtypes import BoolType, IntType
from celpy.evaluation import CELEvalError, base_functions

from deployer.rules.own.budget import LONGEST, PER_STEP, Budget
from deployer.rules.own.values import Trouble, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge,
}  # fmt: skip


def operators(budget: Budget) -> dict[str, Callable[..., Any]]:
    """Return the operators, by the names that the library gives them."""
    equal = partial(_equal, budget)
    return {
        "_==_": equal,
        "_!=_": lambda a, b: _not(equal(a, b)),
        "_in_": partial(_in, equal),
        "_+_": partial(_add, budget),
        "_[_]": _item,
        "_&&_": partial(_joined, decisive=False),
        "_||_": partial(_joined, decisive=True),
        "!_": _not,
        "-_": _negative,
        **{name: partial(_compare, compare) for name, compare in _COMPARED.items()},
        **{f"_{sign}_": partial(_calculate, base_functions[f"_{sign}_"]) for sign in "-*/%"},
    }


def is_number(value: Any) -> bool:
    """Say whether a value is a number: truth values are integers to Python."""
    return isinstance(value, int | float) and not isinstance(value, BoolType)


def error_in(*values: Any) -> CELEvalError | None:
    """Return the first error among values."""
    return next((value for value in values if isinstance(value, CELEvalError)), None)


def plain(value: Any) -> Any:
    """Return what Python compares as everybody expects: the library's numbers refuse those of other types."""
    kinds: tuple[Any, ...] = (str, bytes, int, float)
    return next((kind(value) for kind in kinds if isinstance(value, kind)), value)


def _equal(budget: Budget, a: Any, b: Any) -> Any:
    budget.spend()
    if error := error_in(a, b):
        return error
    if isinstance(a, dict) and isinstance(b, dict):
        if len(a) != len(b) or not all(_has_key(b, key) for key in a):
            return BoolType(False)
        return _all_equal(budget, ((a[key], b[key]) for key in a))
    if isinstance(a, list) and isinstance(b, list):
        return _all_equal(budget, zip(a, b, strict=True)) if len(a) == len(b) else BoolType(False)
    if is_number(a) and is_number(b):
        return BoolType(plain(a) == plain(b))
    for kind in (BoolType, str, bytes):
        if isinstance(a, kind) and isinstance(b, kind):
            return BoolType(plain(a) == plain(b))
    return BoolType(a is b)


def _all_equal(budget: Budget, pairs: Iterable[tuple[Any, Any]]) -> Any:
    uncertain = None
    for one, other in pairs:
        same = _equal(budget, one, other)
        if isinstance(same, CELEvalError):
            uncertain = uncertain or same
        elif not same:
            return same
    return uncertain or BoolType(True)


def _in(equal: Callable[[Any, Any], Any], item: Any, container: Any) -> Any:
    if error := error_in(item, container):
        return error
    if isinstance(container, dict):
        return BoolType(_has_key(container, item))
    if not isinstance(container, list):
        return Trouble("`in` takes a list or a map behind it")
    found = [equal(item, each) for each in container]
    if any(isinstance(each, BoolType) and each for each in found):
        return BoolType(True)
    return error_in(*found) or BoolType(False)


def _has_key(container: dict[Any, Any], key: Any) -> bool:
    try:
        return key in container
    except TypeError:  # of another type than a key, or no key at all
        return False


def _compare(compare: Callable[[Any, Any], bool], a: Any, b: Any) -> Any:
    if error := error_in(a, b):
        return error
    alike = any(isinstance(a, kind) and isinstance(b, kind) for kind in (str, BoolType))
    if alike or (is_number(a) and is_number(b)):
        return BoolType(compare(plain(a), plain(b)))
    return Trouble("`<`, `<=`, `>` and `>=` take two numbers or two texts")


def _add(budget: Budget, a: Any, b: Any) -> Any:
    for kind in (str, list):
        if isinstance(a, kind) and isinstance(b, kind):
            if len(a) + len(b) > LONGEST:
                return Trouble(f"more than {LONGEST:,} characters or items put together")
            budget.spend((len(a) + len(b)) // PER_STEP)
            return base_functions["_+_"](a, b)
    return _calculate(base_functions["_+_"], a, b)


def _calculate(calculate: Callable[..., Any], a: Any, b: Any) -> Any:
    if error := error_in(a, b):
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
    return error_in(value) or _calculate(operator.sub, IntType(0) if isinstance(value, int) else 0.0, value)


def _not(value: Any) -> Any:
    if isinstance(value, CELEvalError):
        return value
    return BoolType(not value) if isinstance(value, BoolType) else Trouble("`!` takes `true` or `false`")


def _joined(a: Any, b: Any, *, decisive: bool) -> Any:
    """Join two conditions; one that is `decisive` settles it, whatever the other is."""
    conditions = [each for each in (a, b) if isinstance(each, BoolType)]
    for each in conditions:
        if bool(each) is decisive:
            return each
    if len(conditions) == len((a, b)):
        return BoolType(not decisive)
    unknown = next((each for each in (a, b) if isinstance(each, Unknown)), None)
    return unknown or error_in(a, b) or Trouble("`&&` and `||` take `true` or `false`")


def _item(container: Any, key: Any) -> Any:
    if error := error_in(container, key):
        return error
    if isinstance(container, dict):
        if _has_key(container, key):
            return container[key]
        return Trouble("there is no such key: ask `in` or `has(...)` first")
    if not isinstance(container, list) or not isinstance(key, int) or isinstance(key, BoolType):
        return Trouble("`[...]` takes a key of a map or a number of a list")
    return container[key] if 0 <= key < len(container) else Trouble("the list has not so many items")
