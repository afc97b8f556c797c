"""What `deployer infra destroy` takes away, keeps and writes down, with a real OpenTofu or Terraform."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from deployer.clouds.resources import classes
from tests.operations.infra.fleets import Fleet, needs_terraform

pytestmark = [pytest.mark.integration, needs_terraform]


def test_what_is_kept_is_forgotten_and_the_rest_goes(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    refused = fleet.run("destroy", "alps")
    assert refused.returncode == 1
    assert "say `--confirm alps`; nothing was done" in refused.stderr
    wrong = fleet.run("destroy", "alps", "--confirm", "andes")
    assert (wrong.returncode, "that is another name" in wrong.stderr) == (1, True)
    slip = fleet.run("destroy", "alps", "--keep", "home")
    assert slip.returncode == 2
    gone = fleet.run("destroy", "alps", "--confirm", "alps", keeping=True)
    assert gone.returncode == 0, gone.stderr
    assert gone.stdout == 'destroy  terraform_data.pool["core"]\nkeep     terraform_data.network\n'
    (adopt,) = re.findall(r"to adopt it again: deployer infra (.+)", gone.stderr)
    assert json.loads((fleet.work / "terraform.tfstate").read_text())["resources"] == []
    fleet.well(*shlex.split(adopt))
    (kept,) = json.loads((fleet.work / "terraform.tfstate").read_text())["resources"]
    assert kept["name"] == "network"


def test_what_was_let_go_is_written_down_with_who_when_and_how_it_ended(fleet: Fleet) -> None:
    fleet.add_to_module(
        'resource "terraform_data" "held" {\n'
        '  provisioner "local-exec" {\n    when    = destroy\n    command = "! test -e held"\n  }\n}\n'
    )
    fleet.well("apply", "alps", "--yes", guarded=True)
    assert fleet.log == []
    (fleet.work / "held").touch()
    fleet.run("destroy", "alps", "--confirm", "alps", guarded=True)
    (fleet.work / "held").unlink()
    done = fleet.run("destroy", "alps", "--confirm", "alps", guarded=True)
    assert "infra-log.yaml: commit it" in done.stderr
    first, second = fleet.log
    assert (first["outcome"], second["outcome"]) == ("failed", "done")
    assert [each["address"] for each in first["lost"]] == [
        "terraform_data.held",
        "terraform_data.network",
        'terraform_data.pool["core"]',
    ]
    assert first["lost"][0] == {
        "address": "terraform_data.held",
        "action": "destroy",
        "protected": "home storage",
        "lost": classes.HOMES.lost,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["at"])
    assert re.fullmatch(r".+@.+", first["by"])
    assert fleet.well("plan", "alps")


def test_what_stays_is_written_down_with_the_ids_that_adopt_it(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    identity = fleet.values("terraform_data.network")["id"]
    fleet.well("destroy", "alps", "--confirm", "alps", keeping=True)
    (entry,) = fleet.log
    assert entry["kept"] == [{"address": "terraform_data.network", "id": identity}]


def test_nothing_goes_that_can_not_be_written_down(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    (fleet.directory / "infra-log.yaml").mkdir()
    before = fleet.state
    done = fleet.run("destroy", "alps", "--confirm", "alps")
    assert (done.returncode, "infra-log.yaml can't be written" in done.stderr) == (1, True)
    assert fleet.state == before


def test_what_is_kept_can_be_adopted_when_the_rest_does_not_go(fleet: Fleet) -> None:
    """Something that nobody knows of holds a network: the state has forgotten the homes by then."""
    fleet.add_to_module(
        'resource "terraform_data" "held" {\n'
        '  provisioner "local-exec" {\n    when    = destroy\n    command = "exit 7"\n  }\n}\n'
    )
    fleet.well("apply", "alps", "--yes")
    done = fleet.run("destroy", "alps", "--confirm", "alps", keeping=True)
    assert done.returncode == 1
    assert "to adopt it again: deployer infra import alps 'terraform_data.network'" in done.stderr
    again = fleet.run("destroy", "alps", "--confirm", "alps", keeping=True)
    assert (again.returncode, "terraform_data.held" in again.stdout) == (1, True)


def test_what_is_in_a_module_of_a_module_is_kept_too(fleet: Fleet) -> None:
    child = fleet.root / "homes"
    child.mkdir()
    (child / "main.tf").write_text('resource "terraform_data" "network" {}\n')
    fleet.add_to_module(f'module "homes" {{\n  source = "{child}"\n}}\n')
    fleet.well("apply", "alps", "--yes")
    gone = fleet.run("destroy", "alps", "--confirm", "alps", keeping=True)
    assert gone.returncode == 0, gone.stderr
    assert "keep     module.homes.terraform_data.network" in gone.stdout
    assert json.loads((fleet.work / "terraform.tfstate").read_text())["resources"] == []
