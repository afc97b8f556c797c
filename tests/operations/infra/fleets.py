"""A fleet of one cluster whose root module needs no cloud, and `deployer infra` at work on it.

The fleet's own root module takes the place of ours: it makes `terraform_data`, which is built in.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

needs_terraform = pytest.mark.skipif(
    not (shutil.which("tofu") or shutil.which("terraform")),
    reason="neither OpenTofu nor Terraform is here: run `make tools-all`",
)
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
from deployer.clouds.resources import PROTECTED
from deployer.clouds.resources.classes import HOMES
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

    name: str = "alps"

    @property
    def directory(self) -> Path:
        return self.root / "config/clusters" / self.name

    @property
    def work(self) -> Path:
        fleet = hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:8]
        return self.root / "state/infra" / fleet / self.name

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "DEPLOYER_STATE": str(self.root / "state"),
            "DEPLOYER_CACHE": str(self.root / "cache"),
        }

    def argv(
        self, *arguments: str, guarded: bool = False, keeping: bool = False, script: str = ""
    ) -> list[str]:
        script = script or (GUARDED if guarded else KEEPING if keeping else "")
        program = ["-c", script] if script else ["-m", "deployer"]
        return [sys.executable, *program, "--root", str(self.root), "infra", *arguments]

    def run(self, *arguments: str, **program: Any) -> subprocess.CompletedProcess[str]:
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

    def well(self, *arguments: str, **program: Any) -> str:
        done = self.run(*arguments, **program)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def another(self, name: str) -> Fleet:
        """Add a cluster to the fleet, and return the fleet as seen from there."""
        made = replace(self, name=name)
        made.directory.mkdir(parents=True)
        (made.directory / "cluster.yaml").write_text(CLUSTER.replace("alps", name))
        return made

    def change(self, before: str, after: str) -> None:
        path = self.directory / "cluster.yaml"
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))

    @property
    def state(self) -> dict[str, Any]:
        """The state as it is kept."""
        kept: dict[str, Any] = json.loads((self.work / "terraform.tfstate").read_text())
        return kept

    @property
    def log(self) -> list[dict[str, Any]]:
        """What infra-log.yaml says; nothing when there is none."""
        path = self.directory / "infra-log.yaml"
        return list(yaml.safe_load(path.read_text())) if path.exists() else []

    def values(self, address: str) -> dict[str, Any]:
        """The attributes of a resource in the state, by its address without a module."""
        for resource in self.state["resources"]:
            for instance in resource["instances"]:
                key = f'["{instance["index_key"]}"]' if "index_key" in instance else ""
                if f"{resource['type']}.{resource['name']}{key}" == address:
                    found: dict[str, Any] = instance["attributes"]
                    return found
        raise AssertionError(f"{address} is not in the state")

    def add_to_module(self, text: str) -> None:
        path = self.root / "terraform/aws/main.tf"
        path.write_text(path.read_text() + text)


def make(root: Path) -> Fleet:
    """Write a fleet below a directory."""
    made = Fleet(root=root)
    made.directory.mkdir(parents=True)
    (made.directory / "cluster.yaml").write_text(CLUSTER)
    module = root / "terraform/aws"
    module.mkdir(parents=True)
    (module / "versions.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    (module / "main.tf").write_text(MODULE)
    return made


def wait_for(path: Path, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.1)
