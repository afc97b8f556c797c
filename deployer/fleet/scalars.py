"""Plain YAML scalars as Helm reads them: the rules of go-yaml 2 (`resolve.go`), Helm's YAML library.

They are YAML 1.1 with some differences to what Python's YAML does by itself: dates stay text, `1e3` is a
number, `1:30` is not, and `y` is true.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
}
_FIRST = frozenset("+-.0123456789yYnNtTfFoO~")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FIRST_OF_INTEGER = frozenset("+-_0123456789")
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of a scalar that is written without quotes."""
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0].isalpha() or text == "~":
        return text
    return _number(text)


def is_integer(text: str) -> bool:
    """Tell whether a scalar is written as an integer, which may be too large to become a number."""
    return text[:1] in _FIRST_OF_INTEGER and _INTEGER.fullmatch(text.replace("_", "")) is not None


def _number(text: str) -> str | int | float:
    digits = text if text[0] == "." else text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        # Python refuses integers of thousands of digits; they are too large anyway.
        with suppress(ValueError):
            value = _integer(digits)
            if _SMALLEST <= value <= _LARGEST:
                return value
    if _FLOAT.fullmatch(digits):
        number = float(digits)
        if math.isfinite(number):
            return number
    return text


def _integer(digits: str) -> int:
    body = digits.lstrip("+-")
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        body = "0o" + body[1:]
    value = int(body, 0)
    return -value if digits[0] == "-" else value
