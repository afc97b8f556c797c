"""Values of a wrong kind: `validate` tells of them, so computing must not stumble over them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.render.fitting import fitting
from deployer.render.merge import merge
from deployer.render.support import TOPICS, layers
from deployer.render.support.subject import SupportSubject
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WRONG: tuple[Any, ...] = (True, "maths", [1], ["x"], {"x": 1}, {"x": None}, {"x": ["y"]})
Part = tuple[str | int, ...]


@pytest.fixture(scope="module")
def schema(repository: Path) -> Mapping[str, Any]:
    text = (repository / "helm-charts/support/values.schema.json").read_text()
    found: Mapping[str, Any] = json.loads(text)
    return found


def places(part: Mapping[str, Any], root: Mapping[str, Any], at: Part = ()) -> Iterator[Part]:
    """Yield the path of every key and element that a schema describes."""
    if "$ref" in part:
        part = root["definitions"][part["$ref"].rpartition("/")[2]]
    below = [*part.get("properties", {}).items(), ("maths", part.get("additionalProperties"))]
    for key, each in [*below, (0, part.get("items"))]:
        if isinstance(each, dict):
            yield (*at, key)
            yield from places(each, root, (*at, key))


def test_computing_takes_any_kind_of_value_at_any_key(schema: Mapping[str, Any]) -> None:
    cluster = fleets.cluster("aws")
    for at in places(schema, schema):
        for wrong in WRONG:
            said = wrong
            for key in reversed(at):
                said = [said] if key == 0 else {key: said}
            subject = SupportSubject(cluster=cluster, own=fitting(said, schema))
            for name, topic in TOPICS.items():
                try:
                    topic(subject)
                except Exception as error:  # noqa: BLE001 - whatever it is
                    pytest.fail(f"{name}: {at}: {wrong!r}: {error!r}")


@pytest.mark.parametrize("text", ["placeholders: true", "grafana: {ingress: {hosts: [5]}}", "acme: 5"])
def test_what_is_of_a_wrong_kind_is_in_the_values_and_nothing_is_computed_of_it(
    schema: Mapping[str, Any], text: str
) -> None:
    file = fleets.values_file("support.values.yaml", text)
    made = layers(
        fleets.cluster("aws", support_files=(file,)), fleets.document("{}"), chart_files={}, schema=schema
    )
    values = merge(made).values
    assert {key: values[key] for key in file.document.data} == file.document.data
