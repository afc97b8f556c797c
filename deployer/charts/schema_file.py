"""values.schema.json: what a chart's authors say its values may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "values.schema.json"
"""In a chart's directory; Helm knows it under this name."""

_DRAFT = "http://json-schema.org/draft-07/schema#"


def read_schema(path: Path) -> dict[str, Any]:
    """Return the schema in a file, {} when there is no such file.

    Raises:
        DeployerError: it is not JSON, or no schema.
    """
    if not path.exists():
        return {}
    try:
        schema = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DeployerError(f"not JSON: {path}{where}") from error
    if not isinstance(schema, dict):
        raise DeployerError(f"no JSON schema: {path}: it must be a map")
    wrong = mistake(schema)
    if wrong:
        raise DeployerError(f"no JSON schema: {path}: {wrong}")
    return schema


def mistake(schema: dict[str, Any]) -> str | None:
    """Return what keeps a map from being a schema of the draft that it names (else draft 7), or None."""
    import jsonschema_rs

    try:
        jsonschema_rs.meta.validate({"$schema": _DRAFT, **schema})
    except jsonschema_rs.ValidationError as error:
        return f"`{'.'.join(map(str, error.instance_path))}`: {error.message}"
    except ValueError:  # a draft that nobody knows any more: Helm may
        return None
    return None
