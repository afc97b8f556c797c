"""What holds for every feature: it is described, shown right and wrong, and told of in the documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet.features import schema_of
from deployer.fleet.schema_files import whole
from deployer.render.features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
HUB = whole("cluster")["definitions"]["hub"]["properties"]
NAMES = ["auth", *HUB["features"]["properties"]]


def said(directory: Path, name: str) -> Iterator[Any]:
    """Yield what the files of an example say of a feature."""
    for path in [*directory.rglob("cluster.yaml"), *directory.rglob("presets/*.yaml")]:
        content = yaml.safe_load(path.read_text()) or {}
        for speaker in [content, *(content.get("hubs") or [])]:
            features = speaker.get("features") if isinstance(speaker, dict) else None
            if name == "auth" and "auth" in speaker:
                yield speaker["auth"]
            elif isinstance(features, dict) and name in features:
                yield features[name]


def shown(kind: str, name: str) -> list[Any]:
    prefix = name if name == "auth" else f"feature-{name.replace('_', '-')}"
    found = [path for path in (EXAMPLES / kind).iterdir() if re.fullmatch(f"{prefix}(--.*)?", path.name)]
    return [value for path in found for value in said(path, name)]


def keys(value: Any) -> set[str]:
    """Return every key in a value, at any depth."""
    if isinstance(value, list):
        return {key for each in value for key in keys(each)}
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys(each)}
    return set()


def known(schema: Any) -> set[str]:
    below = schema.get("properties", {})
    parts = [*below.values(), schema.get("items", {}), schema.get("additionalProperties") or {}]
    return set(below) | {key for part in parts if isinstance(part, dict) and part for key in known(part)}


def test_every_feature_has_a_schema_and_a_function() -> None:
    assert sorted(FEATURES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_feature_is_in_a_valid_example(name: str) -> None:
    assert known(schema_of(name)) - keys(shown("valid", name)) == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_is_in_an_invalid_example(name: str) -> None:
    assert shown("invalid", name) != []


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_a_section_in_the_documents(name: str, repository: Path) -> None:
    pages = "".join(path.read_text() for path in sorted((repository / "docs/features").glob("*.md")))
    assert re.search(rf"^#+ .*`{name}`", pages, re.MULTILINE)
