"""The whole road of `deployer infra` with a real OpenTofu or Terraform, on a module that needs no cloud.

The fleet's own root module takes the place of ours: it makes `terraform_data`, which is built in. Its state
is real, and so are plans, locks, interrupts and what they leave.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.operations.infra import protected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not (shutil.which("tofu") or shutil.which("terraform")),
        reason="neither OpenTofu nor Terraform is here: run `make tools-all`",
    ),
]

PATIENCE = 60
CLUSTER = """
schema: 2
name: alps
provider: aws
aws: {account: "123456789012", clusterName: alps, region: us-west-2}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
hubs: []
"""
MODULE = """
variable "name" { type = string }
variable "node_pools" { type = any }
resource "terraform_data" "network" { input = var.name }
resource "terraform_data" "pool" {
  for_each         = var.node_pools
  input            = each.value
  triggers_replace = each.value.machine
}
output "cluster" { value = { name = var.name } }
output "pools" { value = keys(var.node_pools) }
output "password" {
  value     = "hunter2"
  sensitive = true
}
"""
SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "echo begun > begun; sleep 30" }
}
"""
# The program, with `terraform_data` as something that must not go.
GUARDED = """
import sys
from deployer.operations.infra.protected import HOMES, PROTECTED
PROTECTED["terraform_data"] = HOMES
from deployer.cli import main
main(sys.argv[1:])
"""
# The program, with one that `destroy` keeps.
KEEPING = """
import sys
from deployer.operations.infra import destroy
destroy.KEPT = {"homes": ("terraform_data.network",)}
from deployer.cli import main
main([*sys.argv[1:], "--keep", "homes"])
"""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A fleet of one cluster, whose state is in a directory of the test."""

    root: Path

    @property
    def directory(self) -> Path:
        return self.root / "config/clusters/alps"

    @property
    def work(self) -> Path:
        fleet = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:8]
        return self.root / "state/infra" / fleet / "alps"

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "DEPLOYER_STATE": str(self.root / "state"),
            "DEPLOYER_CACHE": str(self.root / "cache"),
        }

    def argv(self, *arguments: str, guarded: bool = False, keeping: bool = False) -> list[str]:
        program = ["-c", GUARDED] if guarded else ["-c", KEEPING] if keeping else ["-m", "deployer"]
        return [sys.executable, *program, "--root", str(self.root), "infra", *arguments]

    def run(self, *arguments: str, **program: bool) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*arguments, **program),
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it, for somebody else to end."""
        nowhere = subprocess.DEVNULL
        argv = self.argv(*arguments)
        return subprocess.Popen(argv, env=self.environ, stdin=nowhere, stdout=nowhere, stderr=nowhere)

    def well(self, *arguments: str, **program: bool) -> str:
        done = self.run(*arguments, **program)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def change(self, before: str, after: str) -> None:
        path = self.directory / "cluster.yaml"
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))

    def add_to_module(self, text: str) -> None:
        path = self.root / "terraform/aws/main.tf"
        path.write_text(path.read_text() + text)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    made = Fleet(root=tmp_path)
    made.directory.mkdir(parents=True)
    (made.directory / "cluster.yaml").write_text(CLUSTER)
    module = tmp_path / "terraform/aws"
    module.mkdir(parents=True)
    (module / "versions.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    (module / "main.tf").write_text(MODULE)
    return made


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
        assert f"home storage: what would be lost is {protected.HOMES.lost}" in done.stderr
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
        _wait_for(fleet.work / "begun", process)
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
        _wait_for(fleet.work / "begun", process)
    finally:
        process.kill()
        process.wait()
    ends = time.monotonic() + PATIENCE
    # Its lock on the state goes last.
    while (fleet.work / ".terraform.tfstate.lock.info").exists():
        assert time.monotonic() < ends
        time.sleep(0.1)
    kept = json.loads((fleet.work / "terraform.tfstate").read_text())["resources"]
    assert "slow" in {each["name"] for each in kept}


def test_two_runs_do_not_work_on_one_cluster(fleet: Fleet) -> None:
    fleet.add_to_module(SLOW)
    process = fleet.begin("apply", "alps", "--yes")
    try:
        _wait_for(fleet.work / "begun", process)
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


def _wait_for(path: Path, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.1)


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
        _wait_for(fleet.work / "begun", other)
        locked = fleet.run("plan", "alps")
        assert locked.returncode == 1
        advice = re.search(r"`deployer infra unlock alps (\S+) --owner (\S+)`", locked.stderr)
        assert advice, locked.stderr
        fresh = fleet.run("unlock", "alps", advice[1], "--owner", advice[2])
        assert fresh.returncode == 1
        assert "is fresh" in fresh.stderr
    finally:
        other.send_signal(signal.SIGINT)
        other.wait(timeout=PATIENCE)


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
