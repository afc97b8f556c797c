"""The whole road of `deployer infra` with a real OpenTofu or Terraform, on a module that needs no cloud.

The fleet's own root module takes the place of ours: it makes `terraform_data`, which is built in. Its state
is real, and so are plans, locks, interrupts and what they leave.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from deployer.clouds.resources import classes
from deployer.fleet.schema_files import whole
from tests.operations.infra.fleets import PATIENCE, SLOW, Fleet, needs_terraform, wait_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, needs_terraform]


def test_a_plan_shows_and_changes_nothing(fleet: Fleet) -> None:
    done = fleet.run("plan", "alps", "--diff")
    assert (done.returncode, done.stdout) == (
        3,
        'create   terraform_data.network\ncreate   terraform_data.pool["core"]\n',
    )
    assert "alps: 2 to create" in done.stderr
    assert not (fleet.directory / "outputs.yaml").exists()
    assert not (fleet.work / "terraform.tfstate").exists()


def test_apply_builds_once_and_writes_what_is_not_secret(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    told = yaml.safe_load((fleet.directory / "outputs.yaml").read_text())
    assert sorted(told["state"]) == ["lineage", "serial"]
    del told["state"]
    assert told == {"cluster": {"name": "alps"}, "pools": ["core"]}
    again = fleet.run("apply", "alps", "--yes")
    assert (again.returncode, again.stdout) == (0, "")
    assert "alps: nothing to do" in again.stderr
    assert "init" not in again.stderr
    assert json.loads(fleet.well("plan", "alps", "--output", "json")) == {
        "cluster": "alps",
        "changes": [],
        "protected": [],
        "unprotects": [],
        "state": "unchanged",
        "error": None,
        "hint": None,
    }
    assert "hunter2" not in again.stderr + (fleet.directory / "outputs.yaml").read_text()


def test_nothing_is_written_into_the_module(fleet: Fleet) -> None:
    before = sorted(fleet.root.glob("terraform/**/*"))
    fleet.well("apply", "alps", "--yes")
    assert sorted(fleet.root.glob("terraform/**/*")) == before
    assert fleet.work.stat().st_mode & 0o077 == 0


def test_a_cluster_of_the_same_name_in_another_fleet_is_another_one(fleet: Fleet, tmp_path: Path) -> None:
    fleet.well("apply", "alps", "--yes")
    other = tmp_path / "other"
    shutil.copytree(fleet.root / "config", other / "config")
    shutil.copytree(fleet.root / "terraform", other / "terraform")
    argv = [arg if arg != str(fleet.root) else str(other) for arg in fleet.argv("plan", "alps")]
    done = subprocess.run(
        argv, env=fleet.environ, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert "alps: 2 to create" in done.stderr


def test_no_plan_stays_since_it_may_hold_secrets(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    assert not list(fleet.work.glob("*plan")) + list(fleet.work.glob("events*"))


def test_a_state_that_could_not_be_saved_is_saved_by_the_next_run(fleet: Fleet) -> None:
    """As Terraform leaves it when the network goes away while it builds: it alone knows what exists."""
    fleet.well("apply", "alps", "--yes")
    state = fleet.work / "terraform.tfstate"
    unsaved = fleet.work / "errored.tfstate"
    newer = json.loads(state.read_text())
    newer["serial"] += 1
    unsaved.write_text(json.dumps(newer))
    older = {**newer, "resources": [], "serial": newer["serial"] - 2}
    state.write_text(json.dumps(older))
    assert "could not save its state" in fleet.run("plan", "alps").stderr
    assert unsaved.exists()
    assert "alps: nothing to do" in fleet.run("apply", "alps", "--yes").stderr
    assert not unsaved.exists()
    unsaved.write_text(json.dumps({**newer, "lineage": "another"}))
    refused = fleet.run("apply", "alps", "--yes")
    assert (refused.returncode, "keep it until it is saved" in refused.stderr) == (1, True)
    assert unsaved.exists()


def test_a_state_directory_that_can_not_be_used_is_told(fleet: Fleet) -> None:
    (fleet.root / "state").write_text("no directory")
    done = fleet.run("plan", "alps")
    assert done.returncode == 1
    assert "error: there is no place to work in: " in done.stderr
    assert "set `DEPLOYER_STATE` to a directory of yours" in done.stderr


def test_outputs_that_can_not_be_written_are_told_and_can_be_later(fleet: Fleet) -> None:
    (fleet.directory / ".outputs.yaml").mkdir()
    done = fleet.run("apply", "alps", "--yes")
    assert done.returncode == 1
    assert "hint: what was built is in the state: `deployer infra output alps` writes the file" in done.stderr
    (fleet.directory / ".outputs.yaml").rmdir()
    assert "cluster:" in fleet.well("output", "alps")


def test_nobody_is_asked_where_nobody_is(fleet: Fleet) -> None:
    done = fleet.run("apply", "alps")
    assert done.returncode == 1
    assert "error: nobody is there to ask whether to go on" in done.stderr
    assert "hint: say `--yes`; nothing was done" in done.stderr
    assert not (fleet.directory / "outputs.yaml").exists()


def test_what_is_protected_is_not_replaced_before_its_address_is_allowed(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    state = (fleet.work / "terraform.tfstate").read_text()
    fleet.change("r6i.large", "r6i.xlarge")
    for command in (("plan", "alps"), ("apply", "alps", "--yes")):
        done = fleet.run(*command, guarded=True)
        assert done.returncode == 3
        assert 'replace  terraform_data.pool["core"] (' in done.stdout
        assert "because of triggers_replace" in done.stdout
        assert f"home storage: what would be lost is {classes.HOMES.lost}" in done.stderr
        assert "--allow-destroy 'terraform_data.pool[\"core\"]'" in done.stderr
        assert (fleet.work / "terraform.tfstate").read_text() == state
    slip = fleet.run("apply", "alps", "--yes", "--allow-destroy", "terraform_data.pool", guarded=True)
    assert slip.returncode == 1
    assert 'did you mean `terraform_data.pool["core"]`?' in slip.stderr
    fleet.well("apply", "alps", "--yes", "--allow-destroy", 'terraform_data.pool["core"]', guarded=True)
    assert (fleet.work / "terraform.tfstate").read_text() != state


def test_a_program_is_told_in_json_what_the_guard_stopped(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    fleet.change("r6i.large", "r6i.xlarge")
    done = fleet.run("apply", "alps", "--yes", "--output", "json", guarded=True)
    assert done.returncode == 3
    assert json.loads(done.stdout)["protected"] == ['terraform_data.pool["core"]']


def test_a_renamed_resource_wants_a_moved_block(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    main = fleet.root / "terraform/aws/main.tf"
    main.write_text(main.read_text().replace('"terraform_data" "network"', '"terraform_data" "net"'))
    done = fleet.run("apply", "alps", "--yes", guarded=True)
    assert done.returncode == 3
    assert "a renamed one needs a `moved` block" in done.stderr
    fleet.add_to_module("moved {\n  from = terraform_data.network\n  to   = terraform_data.net\n}\n")
    fleet.well("apply", "alps", "--yes", guarded=True)


def test_one_interrupt_stops_it_in_good_order_and_what_is_half_made_is_guarded(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes", guarded=True)
    fleet.add_to_module(SLOW)
    process = subprocess.Popen(
        fleet.argv("apply", "alps", "--yes", guarded=True),
        env=fleet.environ,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for(fleet.work / "begun", process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, said
    assert "not finished, and so to be made anew by the next `infra apply`: terraform_data.slow" in said
    kept = json.loads((fleet.work / "terraform.tfstate").read_text())["resources"]
    assert sorted(each["name"] for each in kept) == ["network", "pool", "slow"]
    done = fleet.run("apply", "alps", "--yes", guarded=True)
    assert done.returncode == 3
    assert "its last change was not finished" in done.stderr


def test_the_state_is_written_when_the_program_is_killed(fleet: Fleet) -> None:
    """As the system does that has no memory left: Terraform ends in good order without us."""
    fleet.add_to_module(SLOW)
    process = fleet.begin("apply", "alps", "--yes")
    try:
        wait_for(fleet.work / "begun", process)
    finally:
        process.kill()
        process.wait()
    ends = time.monotonic() + PATIENCE
    # Its lock on the state goes last.
    while "slow" not in _in_the_state(fleet) or (fleet.work / ".terraform.tfstate.lock.info").exists():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_two_runs_do_not_work_on_one_cluster(fleet: Fleet) -> None:
    fleet.add_to_module(SLOW)
    process = fleet.begin("apply", "alps", "--yes")
    try:
        wait_for(fleet.work / "begun", process)
        second = fleet.run("plan", "alps")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
    assert second.returncode == 1
    assert "another `deployer infra` is at work on alps on this machine" in second.stderr


def test_what_terraform_says_of_a_failure_is_told(fleet: Fleet) -> None:
    fleet.add_to_module(
        'resource "terraform_data" "bad" {\n  provisioner "local-exec" { command = "exit 7" }\n}\n'
    )
    done = fleet.run("apply", "alps", "--yes")
    assert done.returncode == 1
    assert "exit status 7" in done.stderr
    assert "terraform_data.bad" in done.stderr


def test_a_lock_of_another_machine_is_told_and_a_fresh_one_stays(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    fleet.add_to_module(SLOW)
    fleet.run("plan", "alps")
    program = shutil.which("tofu") or shutil.which("terraform") or ""
    # As from another machine: not through us, so that our own turns do not come first.
    other = subprocess.Popen(
        [program, "apply", "-auto-approve", "-input=false"],
        cwd=fleet.work,
        env=fleet.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_for(fleet.work / "begun", other)
        locked = fleet.run("plan", "alps")
        assert locked.returncode == 1
        listed = json.loads(fleet.well("locks", "--output", "json"))
        assert not list(Draft7Validator(whole("infra-locks")).iter_errors(listed))
        (held,) = listed["clusters"]
        assert (held["lock"]["operation"], held["lock"]["fresh"]) == ("OperationTypeApply", True)
        (line,) = fleet.well("locks", "alps").splitlines()
        assert line.split()[:2] == ["alps", held["lock"]["owner"]]
        assert line.split()[-1] == held["lock"]["id"]
        advice = re.search(r"`deployer infra unlock alps (\S+) --owner (\S+)`", locked.stderr)
        assert advice, locked.stderr
        fresh = fleet.run("unlock", "alps", advice[1], "--owner", advice[2])
        assert fresh.returncode == 1
        assert "is fresh" in fresh.stderr
    finally:
        other.send_signal(signal.SIGINT)
        other.wait(timeout=PATIENCE)


def test_a_state_that_nobody_holds_is_in_no_list(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    assert fleet.well("locks") == ""
    assert json.loads(fleet.well("locks", "alps", "--output", "json")) == {
        "clusters": [{"cluster": "alps", "lock": None, "error": None}]
    }


def _in_the_state(fleet: Fleet) -> set[str]:
    state = fleet.work / "terraform.tfstate"
    text = state.read_text() if state.exists() else ""
    return {each["name"] for each in json.loads(text)["resources"]} if text else set()
