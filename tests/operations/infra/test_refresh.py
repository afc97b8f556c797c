"""What the state hears of a look at the cloud, and what it must not: that other variables were applied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.infra.refresh import Drifted, _drifted
from tests.operations.infra.fleets import needs_terraform

if TYPE_CHECKING:
    from tests.operations.infra.fleets import Fleet


def entry(address: str, *actions: str, **sides: Any) -> dict[str, Any]:
    return {
        "address": address,
        "type": address.split(".", maxsplit=1)[0],
        "change": {"actions": list(actions), **sides},
    }


def test_what_changed_is_told_by_name_and_not_by_value() -> None:
    found = _drifted(
        entry("aws_vpc.x", "update", before={"a": 1, "b": 2, "c": 3}, after={"a": 1, "b": 9, "d": 4})
    )
    assert found == Drifted(address="aws_vpc.x", type="aws_vpc", gone=False, attributes=("b", "c", "d"))
    assert str(found) == "changed  aws_vpc.x (b, c, d)"


def test_what_is_gone_is_told_with_what_is_lost() -> None:
    found = _drifted(entry("aws_s3_bucket.x", "delete", before={"a": 1}, after=None))
    assert str(found) == "gone     aws_s3_bucket.x, and with it all objects in it"


def test_a_move_is_no_change() -> None:
    assert _drifted(entry("aws_vpc.x", "no-op", before={"a": 1}, after={"a": 1})) is None


@pytest.mark.integration
@needs_terraform
def test_neither_a_look_nor_an_import_makes_the_state_believe_in_other_variables(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    fleet.add_to_module('resource "terraform_data" "found" {}\noutput "more" { value = "${var.name}$${x}" }')
    fleet.change("r6i.large", "r6i.xlarge")
    applied = fleet.state["outputs"]["applied"]
    done = fleet.run("refresh", "alps", "--yes")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "alps: nothing changed without us" in done.stderr
    assert fleet.state["outputs"]["more"]["value"] == "alps${x}"
    assert "more: alps${x}" in (fleet.directory / "outputs.yaml").read_text()
    assert fleet.state["outputs"]["applied"] == applied
    fleet.well("import", "alps", "terraform_data.found", "some-id")
    assert fleet.values("terraform_data.found")["id"] == "some-id"
    assert fleet.state["outputs"]["applied"] == applied
    told = json.loads(fleet.well("refresh", "alps", "--yes", "--output", "json"))
    assert told == {
        "cluster": "alps",
        "drifted": [],
        "state": "unchanged",
        "error": None,
        "hint": None,
        "outputs": str(fleet.directory / "outputs.yaml"),  # the import is another serial of the state
    }


@pytest.mark.integration
@needs_terraform
def test_templates_in_what_was_applied_are_texts(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    state = fleet.state
    state["outputs"]["applied"]["value"]["name"] = "a${b}%{c}"
    (fleet.work / "terraform.tfstate").write_text(json.dumps(state))
    fleet.well("refresh", "alps", "--yes")
    assert fleet.state["outputs"]["applied"]["value"]["name"] == "a${b}%{c}"
