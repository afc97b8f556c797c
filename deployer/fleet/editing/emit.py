"""New values as YAML text, which Helm's YAML and ours read as the same values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.scalars import resolve

if TYPE_CHECKING:
    from deployer.fleet.editing.spans import Style

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+-]*( [A-Za-z0-9_./@+-]+)*")
_PLAIN_IN_BLOCK = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*")
"""Of readers of YAML, old ones take a colon for the end of a key when it is between braces or brackets."""
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff]")


def scalar(value: str | float | bool | None, style: Style = "plain", *, in_block: bool = False) -> str:
    """Return a scalar as text; a text has the quotes of `style`, and others only where it needs them.

    As a value `in_block`, outside of braces and brackets, it needs fewer.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    if style == "single" and _ONE_LINE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    fits = _PLAIN.fullmatch(value) or (in_block and _PLAIN_IN_BLOCK.fullmatch(value))
    if style == "plain" and fits and resolve(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)


def inline(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return scalar(value)


def entry(key: str, value: Any, *, column: int, list_offset: int) -> list[str]:
    """Return the lines of a key with its value, in a block at a column.

    The items of lists stand `list_offset` columns behind their key.
    """
    start = " " * column + f"{scalar(key)}:"
    if isinstance(value, dict) and value:
        inner = [entry(k, v, column=column + 2, list_offset=list_offset) for k, v in value.items()]
        return [start, *(line for lines in inner for line in lines)]
    if isinstance(value, list) and value:
        return [start, *(" " * (column + list_offset) + f"- {inline(each)}" for each in value)]
    return [f"{start} {inline(value) if isinstance(value, dict | list) else scalar(value, in_block=True)}"]
