"""The schemas themselves, and what editors need to find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from deployer.fleet.schema_files import names, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FREE = {
    "cluster.schema.json": {"config_files.*", "metadata"},
    "list.schema.json": {"contacts"},
    "preset.schema.json": {"config_files.*", "values"},
    "resource-allocation.schema.json": {"choices"},
    "rule.schema.json": {"cluster", "hub", "object", "values"},
    "users-map.schema.json": {"volume"},
}
"""Keys whose content is somebody else's to define."""


def parts(schema: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema within a schema, with the key that it is for."""
    yield at, schema
    for key, value in {**schema.get("properties", {}), **schema.get("definitions", {})}.items():
        yield from parts(value, key)
    if "items" in schema:
        yield from parts(schema["items"], f"{at}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from parts(schema["additionalProperties"], f"{at}.*")


@pytest.fixture(params=names())
def schema(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return f"{request.param}.schema.json", whole(request.param)


def test_a_schema_is_one(schema: tuple[str, dict[str, Any]]) -> None:
    Draft7Validator.check_schema(schema[1])
    assert schema[1]["title"]
    assert schema[1]["description"]


def test_every_key_has_a_description(schema: tuple[str, dict[str, Any]]) -> None:
    missing = [
        f"{at}.{key}"
        for at, part in parts(schema[1])
        for key, value in part.get("properties", {}).items()
        if not value.get("description")
    ]
    assert missing == []


def test_no_map_takes_unknown_keys(schema: tuple[str, dict[str, Any]]) -> None:
    name, content = schema
    free = {at for at, part in parts(content) if _is_map(part) and _is_open(part)}
    assert free == FREE.get(name, set())


def _is_map(part: dict[str, Any]) -> bool:
    return "object" in part.get("type", ()) or "properties" in part


def _is_open(part: dict[str, Any]) -> bool:
    return part.get("additionalProperties", True) is True


def test_a_pattern_comes_with_words(schema: tuple[str, dict[str, Any]]) -> None:
    patterns = [part for _, part in parts(schema[1]) if "pattern" in part]
    assert all(part["patternErrorMessage"] for part in patterns)


def test_what_is_forbidden_for_a_reason_says_it(schema: tuple[str, dict[str, Any]]) -> None:
    assert [part for part in anywhere(schema[1]) if "not" in part and not part.get("errorMessage")] == []


def anywhere(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every map in a schema, in conditions too."""
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from anywhere(below)


def test_the_files_of_this_repository_name_their_schema_to_editors(repository: Path) -> None:
    files = [path for path in sorted((repository / "config").rglob("*.yaml")) if "enc-" not in path.name]
    assert files
    for path in files:
        first = path.read_text().splitlines()[0]
        prefix, _, named = first.partition("$schema=")
        assert prefix == "# yaml-language-server: ", path
        assert (path.parent / named).resolve().is_file(), path
