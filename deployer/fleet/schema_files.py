"""The JSON schemas of the fleet's own files, each put together from the files that it refers to.

A `$ref` to another file, relative to the one that has it, is replaced by what is in that file, so that a
schema is whole wherever it is used. In the source tree editors follow such references by themselves.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parent / "schemas"
_SUFFIX = ".schema.json"
_OF_A_FILE = ("$schema", "title", "definitions")


def names() -> tuple[str, ...]:
    """Return the names of the kinds of document that have a schema, in alphabetical order."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in SCHEMAS.glob(f"*{_SUFFIX}")))


@cache
def whole(name: str) -> dict[str, Any]:
    """Return the schema of a kind of document, complete. Nobody may change it."""
    path = SCHEMAS / f"{name}{_SUFFIX}"
    found: dict[str, Any] = _with_parts(_read(path), path, _read(path), part=False)
    return found


def text(schema: dict[str, Any]) -> str:
    """Return a schema as it is published."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _with_parts(node: Any, path: Path, root: dict[str, Any], *, part: bool) -> Any:
    if isinstance(node, list):
        return [_with_parts(each, path, root, part=part) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    beside = {key: _with_parts(value, path, root, part=part) for key, value in node.items() if key != "$ref"}
    if not isinstance(reference, str):
        return beside
    if reference.startswith("#"):
        # In a part, what `#` is would change when it becomes a part of something.
        found = _with_parts(_at(root, reference), path, root, part=part) if part else {"$ref": reference}
        return {**found, **beside}
    other = path.parent / reference
    content = _read(other)
    inner = {key: value for key, value in content.items() if key not in _OF_A_FILE}
    return {**_with_parts(inner, other, content, part=True), **beside}


def _at(root: dict[str, Any], reference: str) -> Any:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
