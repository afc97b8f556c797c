"""Reaching into nested values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def look_up(values: Mapping[str, Any], at: Sequence[str]) -> Any:
    """Return the value at a path of keys, or None where there is none."""
    found: Any = values
    for key in at:
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found


def nested(at: Sequence[str], value: Any) -> dict[str, Any]:
    """Return values that hold `value` at a path, and nothing else."""
    for key in reversed(at):
        value = {key: value}
    return dict(value)
