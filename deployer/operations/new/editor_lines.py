"""The first line of a file that is written: where editors find its schema."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

_OWN = "config/schemas/{kind}.schema.json"
"""Where `deployer schema --to config/schemas` writes schemas."""
_SOURCES = {
    "cluster": "deployer/fleet/schemas/cluster.schema.json",
    "values": "helm-charts/basehub/values.schema.json",
}
"""Where schemas are in a fleet that has the program's sources beside it."""


def schema_line(root: Path, directory: Path, kind: Literal["cluster", "values"]) -> str:
    """Return the way from a directory to the schema of a kind of file."""
    own = root / _OWN.format(kind=kind)
    source = root / _SOURCES[kind]
    place = source if source.is_file() and not own.is_file() else own
    return os.path.relpath(place, directory)


def has_schemas(root: Path) -> bool:
    """Say whether editors find the schemas that lines lead to."""
    return any((root / each).is_file() for each in (_OWN.format(kind="cluster"), _SOURCES["cluster"]))
