"""The second belt with a real OpenTofu or Terraform: a pool that fails when it goes while it is protected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.operations.infra.fleets import GUARDED, KEEPING, needs_terraform

if TYPE_CHECKING:
    from tests.operations.infra.fleets import Fleet

pytestmark = [pytest.mark.integration, needs_terraform]

POOL = 'terraform_data.pool["core"]'
ALLOWED = ("--allow-destroy", POOL)
MODULE = """
variable "name" { type = string }
variable "node_pools" { type = any }
variable "unprotected" {
  type    = list(string)
  default = []
}
resource "terraform_data" "network" {
  input = var.name
}
resource "terraform_data" "pool" {
  for_each         = var.node_pools
  triggers_replace = each.value.machine
  input = {
    machine             = each.value.machine
    deletion_protection = !contains(var.unprotected, "terraform_data.pool[\\"${each.key}\\"]")
  }
  provisioner "local-exec" {
    when    = destroy
    command = "test ${self.output.deletion_protection} = false && ! test -e stuck"
  }
}
output "pools" { value = keys(var.node_pools) }
"""
LOCKED = """
variable "name" { type = string }
variable "node_pools" { type = any }
variable "unprotected" {
  type    = list(string)
  default = []
}
resource "terraform_data" "account" {
  input = var.name
}
resource "terraform_data" "pool" {
  for_each = var.node_pools
  input    = terraform_data.account.id
  provisioner "local-exec" {
    when    = destroy
    command = "test ! -e locked"
  }
}
resource "terraform_data" "lock" {
  count = contains(var.unprotected, "terraform_data.account") ? 0 : 1
  input = { scope = terraform_data.account.id }
  provisioner "local-exec" { command = "touch locked" }
  provisioner "local-exec" {
    when    = destroy
    command = "rm locked"
  }
}
"""
# Locks of Azure, played by `terraform_data`: one lies on what has the id that it names, and what is in that.
LOCKING = (
    """
from deployer.operations.infra import changes, deletion_protection as facts
facts.azure.LOCK = "terraform_data"
def scope_of(values):
    told = values.get("input")
    return told.get("scope", "") if isinstance(told, dict) else ""
facts.scope_of = scope_of
real = changes._change
def inside(entry, found):
    before = entry["change"].get("before")
    if before and ".pool" in entry["address"]:
        before["id"] = f"{before['input']}/pool"
    return real(entry, found)
changes._change = inside
"""
    + GUARDED
)


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    (fleet.root / "terraform/aws/main.tf").write_text(MODULE)
    return fleet


def told(state: dict[str, Any]) -> Any:
    return state["outputs"]["applied"]["value"]


def test_protection_goes_off_only_for_what_is_allowed_to_go(fleet: Fleet) -> None:
    fleet.change(
        "core: {machine: r6i.large}", "core: {machine: r6i.large}\n    notebooks: {big: {machine: r6i.large}}"
    )
    fleet.well("apply", "alps", "--yes", guarded=True)
    assert told(fleet.state)["node_pools"]["core"]["machine"] == "r6i.large"
    fleet.change(
        "core: {machine: r6i.large}", "core: {machine: r6i.xlarge}\n    dask: {new: {machine: r6i.large}}"
    )
    stopped = fleet.run("apply", "alps", "--yes", guarded=True)
    assert (stopped.returncode, "switch" in stopped.stderr) == (3, False)
    done = fleet.run("apply", "alps", "--yes", *ALLOWED, guarded=True)
    assert done.returncode == 0, done.stderr
    assert f"deletion protection is switched off first: {POOL}" in done.stderr
    lifted, built = done.stderr.split("switch deletion protection off", 1)[1].split(": apply", 1)
    assert f"{POOL}: complete" in lifted
    assert '"big"' not in done.stderr
    assert ('"new"' in lifted, '"new"' in built) == (False, True)
    assert fleet.values(POOL)["input"]["value"]["deletion_protection"] is True
    assert "unprotected" not in told(fleet.state)
    (entry,) = fleet.log
    assert (entry["command"], entry["outcome"]) == ("apply", "done")
    assert [each["address"] for each in entry["lost"]] == [POOL]


def test_what_is_off_when_the_rest_fails_is_told_and_on_again_after_the_next_run(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    (fleet.work / "stuck").touch()
    fleet.change("r6i.large", "r6i.xlarge")
    done = fleet.run("apply", "alps", "--yes", *ALLOWED, guarded=True)
    assert done.returncode == 1
    assert f"deletion protection is off until the next `infra apply`: {POOL}" in done.stderr
    assert [each["outcome"] for each in fleet.log] == ["failed"]
    fleet.change("r6i.xlarge", "r6i.large")
    assert fleet.well("apply", "alps", "--yes", guarded=True) == f"change   {POOL}\n"
    assert fleet.values(POOL)["input"]["value"]["deletion_protection"] is True


def test_what_the_state_knows_of_variables_is_told_nowhere(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    assert "applied" not in (fleet.directory / "outputs.yaml").read_text()
    assert "applied" not in fleet.well("output", "alps")


def test_the_state_hears_of_variables_that_change_nothing_else(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    fleet.change("core: {machine: r6i.large}", "core: {machine: r6i.large, max: 7}")
    assert "nothing to do" in fleet.run("apply", "alps").stderr
    assert told(fleet.state)["node_pools"]["core"]["max"] == 7


def test_without_what_was_applied_last_it_is_refused(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    state = fleet.state
    del state["outputs"]["applied"]
    (fleet.work / "terraform.tfstate").write_text(json.dumps(state))
    fleet.change("r6i.large", "r6i.xlarge")
    for command in (("apply", "alps", "--yes", *ALLOWED), ("destroy", "alps", "--confirm", "alps")):
        done = fleet.run(*command, guarded=True)
        assert done.returncode == 1
        assert f"protected against deletion: {POOL}" in done.stderr
        assert "say `deletion_protection: false`" in done.stderr
        assert fleet.state == state


def test_a_module_that_does_not_know_how_is_told_nothing(fleet: Fleet) -> None:
    main = fleet.root / "terraform/aws/main.tf"
    main.write_text(MODULE.replace("unprotected", "other"))
    fleet.well("apply", "alps", "--yes", guarded=True)
    fleet.change("r6i.large", "r6i.xlarge")
    before = fleet.state
    done = fleet.run("apply", "alps", "--yes", *ALLOWED, guarded=True)
    assert (done.returncode, f"protected against deletion: {POOL}" in done.stderr) == (1, True)
    assert fleet.state == before


@pytest.mark.parametrize(
    ("instead", "message"),
    [
        ("machine = upper(each.value.machine)", f"would change more: {POOL}"),
        ("machine = each.value.machine\n    more = 1", f"would change more: {POOL}"),
    ],
)
def test_a_step_that_would_change_more_is_not_taken(fleet: Fleet, instead: str, message: str) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    main = fleet.root / "terraform/aws/main.tf"
    main.write_text(MODULE.replace("machine             = each.value.machine", instead))
    fleet.change("r6i.large", "r6i.xlarge")
    before = fleet.state
    done = fleet.run("apply", "alps", "--yes", *ALLOWED, guarded=True)
    assert (done.returncode, message in done.stderr) == (1, True), done.stderr
    assert fleet.state == before


def test_a_module_that_keeps_protection_on_is_told(fleet: Fleet) -> None:
    main = fleet.root / "terraform/aws/main.tf"
    main.write_text(MODULE.replace("terraform_data.pool[\\", "terraform_data.pond[\\"))
    fleet.well("apply", "alps", "--yes", guarded=True)
    fleet.change("r6i.large", "r6i.xlarge")
    done = fleet.run("apply", "alps", "--yes", *ALLOWED, guarded=True)
    assert done.returncode == 1
    assert f"the module keeps deletion protection on: {POOL}" in done.stderr


def test_a_cluster_goes_with_what_is_protected_and_keeps_the_protection_of_what_stays(fleet: Fleet) -> None:
    fleet.change(
        "core: {machine: r6i.large}", "core: {machine: r6i.large}\n    notebooks: {big: {machine: r6i.large}}"
    )
    fleet.well("apply", "alps", "--yes")
    script = KEEPING.replace("terraform_data.network", "terraform_data.pool")
    kept = fleet.run("destroy", "alps", "--confirm", "alps", script=script)
    assert (kept.returncode, "switch" in kept.stderr) == (0, False), kept.stderr
    fleet.well("apply", "alps", "--yes")
    gone = fleet.run("destroy", "alps", "--confirm", "alps", "--output", "json")
    assert gone.returncode == 0, gone.stderr
    assert json.loads(gone.stdout)["unprotects"] == ['terraform_data.pool["big"]', POOL]
    assert fleet.state["resources"] == []


def test_a_lock_goes_for_a_time_from_what_stays_when_something_in_it_goes(fleet: Fleet) -> None:
    (fleet.root / "terraform/aws/main.tf").write_text(LOCKED)
    fleet.change(
        "core: {machine: r6i.large}", "core: {machine: r6i.large}\n    notebooks: {big: {machine: r6i.large}}"
    )
    fleet.well("apply", "alps", "--yes", script=LOCKING)
    fleet.change("\n    notebooks: {big: {machine: r6i.large}}", "")
    allowed = ("--allow-destroy", 'terraform_data.pool["big"]')
    done = fleet.run("apply", "alps", "--yes", *allowed, script=LOCKING)
    assert done.returncode == 0, done.stderr
    assert "switched off first: terraform_data.account" in done.stderr
    assert "switch deletion protection on" in done.stderr
    assert (fleet.work / "locked").exists()
    assert "nothing to do" in fleet.run("apply", "alps", "--yes", script=LOCKING).stderr
