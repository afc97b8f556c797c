"""Layers and values as plain data, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.render.provenance import Unknown

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath
    from deployer.render.provenance import Origin


def layer(origin: Origin, at: KeyPath) -> dict[str, Any]:
    """Return what a layer is, and where it has a path."""
    return {
        "layer": origin.kind,
        "name": origin.name,
        "file": origin.file,
        "shipped": origin.shipped or origin.kind == "package",
        "line": origin.line(at),
        "function": origin.function or None,
        "about": origin.about or None,
    }


def readable(value: Any) -> Any:
    """Return a value in which what is unknown says so, in words."""
    if isinstance(value, Unknown):
        return value.value
    if isinstance(value, Mapping):
        return {key: readable(below) for key, below in value.items()}
    return [readable(below) for below in value] if isinstance(value, list) else value
