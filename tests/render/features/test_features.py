"""What holds for every feature: it is described, shown right and wrong, and told of in the documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet.features import schema_of
from deployer.fleet.schema_files import whole
from deployer.fleet.violations import shown as shown_path
from deployer.render.features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.positions import KeyPath

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


def paths(value: Any, at: KeyPath) -> Iterator[str]:
    """Yield the path of a value, and of everything in it, as messages show it."""
    yield shown_path(at)
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in below:
        yield from paths(each, (*at, key))


def known(schema: Any, path: str) -> Iterator[str]:
    """Yield a pattern for every key that a schema names, at any depth: what its path looks like."""
    for key, below in schema.get("properties", {}).items():
        yield rf"{path}\.{key}"
        yield from known(below, rf"{path}\.{key}")
    for each, part in ((r"\[\d+\]", "items"), (r"\..+", "additionalProperties")):
        if isinstance(schema.get(part), dict):
            yield from known(schema[part], path + each)


def lacking(patterns: Iterable[str], found: set[str]) -> list[str]:
    return [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in found)]


def path_of(name: str) -> KeyPath:
    return ("auth",) if name == "auth" else ("features", name)


@pytest.fixture(scope="module")
def complained_of() -> set[str]:
    """Every path that a message names which an invalid example expects."""
    return {
        path
        for expected in (EXAMPLES / "invalid").glob("*/expected.txt")
        for path in re.findall("`([^`]+)`", expected.read_text())
    }


def test_every_feature_has_a_schema_and_a_function() -> None:
    assert sorted(FEATURES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_feature_is_in_a_valid_example(name: str) -> None:
    at = path_of(name)
    found = {path for value in shown("valid", name) for path in paths(value, at)}
    assert lacking(known(schema_of(name), re.escape(shown_path(at))), found) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_feature_is_complained_of_in_an_invalid_example(
    name: str, complained_of: set[str]
) -> None:
    itself = re.escape(shown_path(path_of(name)))
    assert lacking([itself, *known(schema_of(name), itself)], complained_of) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_is_in_an_invalid_example_of_its_own(name: str) -> None:
    assert shown("invalid", name) != []


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_a_section_in_the_documents(name: str, repository: Path) -> None:
    pages = "".join(path.read_text() for path in sorted((repository / "docs/features").glob("*.md")))
    assert re.search(rf"^#+ .*`{name}`", pages, re.MULTILINE)
