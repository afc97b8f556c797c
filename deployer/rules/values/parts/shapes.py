"""Values of the kind that a rule expects, or nothing: what has another kind is for the schemas to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


_NUMBERS = (int, float)
"""A tuple: `int | float` would be put together anew at each call."""


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a map, empty when the value is none."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a list, empty when the value is none."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a text, empty when the value is none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """Return a number, None when the value is none."""
    return value if isinstance(value, _NUMBERS) and not isinstance(value, bool) else None
