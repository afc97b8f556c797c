"""The chart basehub: its pins, its defaults, its schema."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from deployer.charts.chart import Chart, find_chart, needed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


OWN_KEYS = {
    "dashboards",
    "global",
    "nfs",
    "homeDisk",
    "inClusterNFS",
    "ownCertificate",
    "ngshare",
    "nodePlaceholder",
    "binderNetworkPolicy",
    "podSecurity",
    "userServiceAccount",
    "sharedVolume",
    "site",
    "staticWebsite",
}


@pytest.fixture
def basehub(repository: Path) -> Chart:
    return find_chart(repository, "basehub")


@pytest.fixture
def schema(basehub: Chart) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((basehub.directory / "values.schema.json").read_text())
    return loaded


def test_the_lock_fits_and_every_version_is_exact(basehub: Chart) -> None:
    asked = [entry["version"] for entry in basehub.metadata["dependencies"]]
    assert [dependency.version for dependency in basehub.dependencies] == asked
    assert (basehub.directory / "Chart.lock").exists()


def test_recorded_hashes_are_of_packages_that_are_wanted(basehub: Chart) -> None:
    """One has none: it is in a registry, where the hash of a package is known to who downloads it."""
    wanted = {dependency.file_name for dependency in basehub.dependencies}
    without = {
        dependency.file_name
        for dependency in basehub.dependencies
        if dependency.name == "jupyterhub-home-nfs"
    }
    assert set(basehub.hashes) == wanted - without
    assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in basehub.hashes.values())


def test_by_default_a_hub_is_jupyterhub_alone(basehub: Chart) -> None:
    assert [dependency.name for dependency in needed(basehub, basehub.defaults.data)] == ["jupyterhub"]


def test_each_dependency_has_its_key_in_the_schema(basehub: Chart, schema: dict[str, Any]) -> None:
    keys = {dependency.alias or dependency.name for dependency in basehub.dependencies}
    assert set(schema["properties"]) == keys | OWN_KEYS


def test_the_defaults_fit_the_schema(basehub: Chart, schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(basehub.defaults.data)


@pytest.mark.parametrize(
    "values",
    [{"jupyterhub": {}, "jupiterhub": {}}, {"jupyterhub": {}, "dask-gateway": {"enabled": "yes"}}, {}],
)
def test_the_schema_refuses_what_has_no_effect(values: dict[str, Any], schema: dict[str, Any]) -> None:
    assert not jsonschema.Draft7Validator(schema).is_valid(values)


def test_every_part_of_the_schema_is_described(schema: dict[str, Any]) -> None:
    def parts(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield part
        for inner in part.get("properties", {}).values():
            yield from parts(inner)

    assert [part for part in parts(schema) if not part.get("description")] == []


def test_every_key_of_the_schema_is_in_a_valid_example(repository: Path, schema: dict[str, Any]) -> None:
    example = repository / "tests/examples/valid/chart-keys"
    files = [yaml.safe_load(path.read_text()) for path in example.rglob("*.values.yaml")]

    def lacking(part: dict[str, Any], found: list[Any], at: str) -> Iterator[str]:
        maps = [each for each in found if isinstance(each, dict)]
        for key, below in part.get("properties", {}).items():
            there = [each[key] for each in maps if key in each]
            if there:
                yield from lacking(below, there, f"{at}.{key}")
            else:
                yield f"{at}.{key}"
        if isinstance(part.get("additionalProperties"), dict):
            values = [value for each in maps for value in each.values()]
            yield from lacking(part["additionalProperties"], values, f"{at}.*")
        if isinstance(part.get("items"), dict):
            items = [item for each in found if isinstance(each, list) for item in each]
            yield from lacking(part["items"], items, f"{at}[]")

    assert files
    assert list(lacking(schema, files, "")) == []
