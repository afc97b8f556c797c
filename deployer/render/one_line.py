"""Values in one line, for people: short, and plain about what is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from deployer.fleet.scalars import resolve

_LONGEST_LIST = 60
_LONGEST_MAP = 40
_SPECIAL = set("#&*!|>'\"%@`{}[],?:-")


def one_line(value: Any) -> str:
    """Return a value as a line of YAML, or how much of it there is when it takes more than one."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return _map(value)
    if isinstance(value, list):
        return _list(value)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _map(values: Mapping[str, Any]) -> str:
    if not any(isinstance(value, Mapping | list) for value in values.values()):
        text = ", ".join(f"{_item(key)}: {_item(value)}" for key, value in values.items())
        if len(text) <= _LONGEST_MAP:
            return f"{{{text}}}"
    return f"map of {len(values)} key{'' if len(values) == 1 else 's'}"


def _list(items: list[Any]) -> str:
    if not any(isinstance(item, Mapping | list) for item in items):
        text = f"[{', '.join(map(_item, items))}]"
        if len(text) <= _LONGEST_LIST:
            return text
    return f"list of {len(items)} item{'' if len(items) == 1 else 's'}"


def _text(text: str) -> str:
    lines = text.strip("\n").splitlines()
    if len(lines) > 1:
        return f"text of {len(lines)} lines"
    plain = resolve(text) == text and text.strip() == text and text.isprintable()
    mistakable = text[:1] in _SPECIAL or text.endswith(":") or ": " in text or " #" in text
    return text if plain and not mistakable else json.dumps(text, ensure_ascii=False)


def _item(item: Any) -> str:
    if isinstance(item, str) and set(",[]{}") & set(item):
        return json.dumps(item, ensure_ascii=False)
    return one_line(item)
