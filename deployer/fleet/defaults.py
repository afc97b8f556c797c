"""What nobody says: the defaults of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def complete(schema: Mapping[str, Any], value: Any) -> Any:
    """Return a value with the defaults of its schema for what it does not say, at any depth."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [complete(items, each) for each in value]
    if not isinstance(value, Mapping):
        return value
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    others = others if isinstance(others, Mapping) else {}
    defaults = {key: part["default"] for key, part in known.items() if "default" in part}
    said = {key: each for key, each in value.items() if each is not None or key not in defaults}
    return {key: complete(known.get(key, others), each) for key, each in {**defaults, **said}.items()}
