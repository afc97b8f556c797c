"""What `deployer infra` writes for programs, as its published schemas say it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator

from deployer.fleet.schema_files import whole
from tests.operations.infra.fleets import needs_terraform

if TYPE_CHECKING:
    from typing import Any

    from tests.operations.infra.fleets import Fleet

POOL = 'terraform_data.pool["core"]'


def checked(command: str, text: str) -> Any:
    found = json.loads(text)
    errors = [f"{each.json_path}: {each.message}" for each in schema(command).iter_errors(found)]
    assert errors == [], found
    return found


def schema(command: str) -> Draft7Validator:
    return Draft7Validator(whole(f"infra-{command}"))


@pytest.mark.parametrize("command", ["plan", "apply", "refresh"])
@pytest.mark.parametrize("wrong", [{}, {"clusters": [{}]}, {"clusters": [], "cluster": "alps"}, []])
def test_neither_nothing_nor_half_of_it_is_an_answer(command: str, wrong: Any) -> None:
    assert list(schema(command).iter_errors(wrong))


@pytest.mark.integration
@needs_terraform
def test_every_answer_is_as_its_schema_says(fleet: Fleet) -> None:
    fleet.another("andes").change("node_pools:", "node_polls:")

    def said(command: str, *arguments: str) -> Any:
        done = fleet.run(command, *arguments, "--output", "json", guarded=True)
        return checked(command, done.stdout)

    assert said("plan", "alps")["state"] == "planned"
    assert [each["state"] for each in said("apply", "alps", "andes", "--yes")["clusters"]] == [
        "applied",
        "failed",
    ]
    assert said("output", "alps")["told"]["pools"] == ["core"]
    assert [each["state"] for each in said("refresh", "--all", "--yes")["clusters"]] == [
        "unchanged",
        "failed",
    ]
    fleet.change("r6i.large", "r6i.xlarge")
    stopped = said("apply", "alps", "--yes")
    assert (stopped["state"], stopped["protected"]) == ("stopped", [POOL])
    assert "takes away what is protected" in stopped["error"]
    assert said("apply", "alps", "--yes", "--allow-destroy", POOL)["allowed"] == [POOL]
    assert said("plan", "--all")["clusters"][0]["state"] == "unchanged"
    gone = said("destroy", "alps", "--confirm", "alps")
    assert [each["address"] for each in gone["data"]] == gone["destroyed"]
