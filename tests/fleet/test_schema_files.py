from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jsonschema import Draft7Validator

from deployer.fleet import schema_files
from deployer.fleet.schema_files import SCHEMAS, names, whole

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def references(node: object) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in references(each)]
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    return []


def test_a_whole_schema_refers_to_nothing_but_itself() -> None:
    for name in names():
        Draft7Validator.check_schema(whole(name))
        assert [each for each in references(whole(name)) if not each.startswith("#/definitions/")] == []


def test_a_part_is_put_in_with_what_stands_beside_its_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_files, "SCHEMAS", tmp_path)
    (tmp_path / "parts").mkdir()
    whole_ = {"title": "W", "properties": {"part": {"$ref": "parts/part.json", "description": "Own words."}}}
    part = {
        "$schema": "x",
        "title": "P",
        "description": "Its words.",
        "properties": {"name": {"$ref": "#/definitions/name"}},
        "definitions": {"name": {"type": "string"}},
    }
    (tmp_path / "w.schema.json").write_text(json.dumps(whole_))
    (tmp_path / "parts/part.json").write_text(json.dumps(part))
    expected = {
        "title": "W",
        "properties": {"part": {"description": "Own words.", "properties": {"name": {"type": "string"}}}},
    }
    assert schema_files.whole.__wrapped__("w") == expected


def test_every_file_of_a_part_is_part_of_something() -> None:
    """Editors follow the references in the files, so each must lead somewhere."""
    used = set()
    for path in SCHEMAS.rglob("*.schema.json"):
        for each in references(json.loads(path.read_text())):
            if not each.startswith("#"):
                used.add((path.parent / each).resolve())
    assert used == {path.resolve() for path in SCHEMAS.glob("*/**/*.json")}
