"""Schemas for editors: what there is, and that of values made of a chart and its packages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft7Validator

from deployer.errors import DeployerError
from deployer.fleet.schema_files import SCHEMAS, whole
from deployer.operations.schemas import kinds, schema
from tests.charts.making import write_chart, write_mirror

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

FILES = {"baseline", "cluster", "org", "preset", "values"}
OUTPUTS = {"deploy", "doctor", "health", "list", "local-status", "plan", "report", "resource-allocation"}


@pytest.fixture
def stocked(session: Session, tmp_path: Path) -> Session:
    """A session that finds every package of basehub."""
    return replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))


def wrong(found: dict[str, Any], values: Any) -> list[str]:
    return [error.json_path for error in Draft7Validator(found).iter_errors(values)]


def test_every_schema_is_of_a_file_or_of_what_a_command_writes() -> None:
    assert {kind.name for kind in kinds() if kind.file} >= FILES
    assert {kind.name for kind in kinds() if not kind.file} >= OUTPUTS
    published = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json")}
    assert {kind.name for kind in kinds()} == published | {"values"}


def test_a_schema_is_given_as_it_is_checked_with(session: Session, repository: Path) -> None:
    assert schema(session, repository, "cluster") == (whole("cluster"), ())


def test_an_unknown_kind_has_a_near_match(session: Session, repository: Path) -> None:
    with pytest.raises(DeployerError) as caught:
        schema(session, repository, "clusters")
    assert (caught.value.message, caught.value.hint) == (
        "no such schema: clusters",
        "did you mean `cluster`?",
    )


def test_the_schema_of_values_reaches_into_every_package(stocked: Session, repository: Path) -> None:
    found, notices = schema(stocked, repository, "values")
    Draft7Validator.check_schema(found)
    assert notices == ()
    assert wrong(found, {"jupyterhub": {"hub": {"imagee": {}}}}) == ["$.jupyterhub.hub"]
    assert wrong(found, {"jupyterhub": {"hub": {"image": {"name": 7}}}}) == ["$.jupyterhub.hub.image.name"]
    assert wrong(found, {"dask-gateway": {"port": "8000"}}) == ["$['dask-gateway'].port"]
    assert wrong(found, {"jupiterhub": {}}) == ["$"]


def test_a_values_file_may_say_as_little_as_it_likes(stocked: Session, repository: Path) -> None:
    found, _ = schema(stocked, repository, "values")
    assert wrong(found, {}) == []
    assert wrong(found, {"jupyterhub": {"hub": {"image": {}}}}) == []


def test_the_values_of_this_fleet_are_fine_with_it(stocked: Session, repository: Path) -> None:
    found, _ = schema(stocked, repository, "values")
    files = sorted((repository / "config/clusters").glob("*/*.values.yaml"))
    assert files
    assert {path.name: wrong(found, yaml.safe_load(path.read_text())) for path in files} == {
        path.name: [] for path in files
    }


def test_a_property_called_required_stays_and_references_follow_their_schema(
    session: Session, tmp_path: Path
) -> None:
    dependency = {"name": "part", "version": "1.0.0", "repository": "https://charts.example.org/"}
    own = {"properties": {"part": {"description": "A part"}}, "required": ["part"]}
    chart = tmp_path / "fleet/helm-charts/basehub"
    write_chart(chart, dependencies=[dependency], files={"values.schema.json": json.dumps(own)})
    packaged = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://charts.example.org/part.json",
        "required": ["a"],
        "definitions": {"text": {"type": "string"}},
        "properties": {"required": {"type": "boolean"}, "a": {"$ref": "#/definitions/text"}},
    }
    files = {"values.schema.json": json.dumps(packaged)}
    write_chart(tmp_path / "mirror/part", version="1.0.0", files=files)
    found, _ = schema(replace(session, chart_mirror=tmp_path / "mirror"), tmp_path / "fleet", "values")
    assert found == {
        "properties": {
            "part": {
                "description": "A part",
                "definitions": {"text": {"type": "string"}},
                "properties": {
                    "required": {"type": "boolean"},
                    "a": {"$ref": "#/properties/part/definitions/text"},
                },
            }
        }
    }


def test_packages_that_are_not_at_hand_are_left_out_with_a_notice(session: Session, repository: Path) -> None:
    found, notices = schema(session, repository, "values")
    assert len(notices) == 5
    assert notices[0] == (
        "values of jupyterhub 4.4.0 are not in it; "
        "run `deployer charts fetch basehub` with a network, or give `--chart-mirror DIR`"
    )
    assert wrong(found, {"jupyterhub": {"whatever": 1}}) == []
