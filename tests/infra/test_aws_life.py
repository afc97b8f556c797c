"""The life of a cluster on AWS: made, found as it should be, changed in place, deleted."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.providers import configuration

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

VALUES: dict[str, Any] = {
    "account": "123456789012",
    "budget": {"monthly": 1000, "alert_emails": ["operator@example.org"]},
    "buckets": {
        "data": {"archive_after_days": 90, "public_read": True, "versioning": True},
        "scratch": {"delete_after_days": 7},
    },
    "cluster_name": "alps",
    "home_storage": {
        "homes": {"kind": "disk", "size": 100, "snapshots": {"keep": 7}},
        "shared": {"kind": "share", "snapshots": {"keep": 7}},
    },
    "kubernetes_version": "1.32",
    "name": "alps",
    "node_pools": {
        "core": {"generation": "a", "machine": "r6i.large", "max": 3, "min": 1},
        "small": {
            "generation": "a",
            "labels": {"hub.jupyter.org/node-purpose": "user"},
            "machine": "r6i.xlarge",
            "max": 50,
            "min": 0,
            "tags": {"hub": "research"},
            "taints": [{"effect": "NoSchedule", "key": "hub.jupyter.org/dedicated", "value": "user"}],
        },
    },
    "permissions": {"research": {"read": ["data"], "service_account": "user-sa", "write": ["scratch"]}},
    "region": "us-west-2",
    "zones": ["us-west-2a", "us-west-2b"],
}
CHANGED: dict[str, Any] = {
    "budget": {"monthly": 2000, "alert_emails": ["operator@example.org"]},
    "home_storage": {
        "homes": {"kind": "disk", "size": 200, "snapshots": {"keep": 14}},
        "shared": {"kind": "share"},
    },
    "network": {"allowed_ranges": ["192.0.2.0/24"]},
    "node_pools": {
        "core": {"generation": "a", "machine": "r6i.large", "max": 6, "min": 1},
        "small": {
            "generation": "a",
            "disk": 200,
            "labels": {"hub.jupyter.org/node-purpose": "user", "size": "small"},
            "machine": "r6i.xlarge",
            "max": 60,
            "min": 0,
            "tags": {"hub": "teaching"},
            "taints": [{"effect": "NoSchedule", "key": "hub.jupyter.org/dedicated", "value": "user"}],
        },
    },
    "permissions": {"research": {"service_account": "user-sa", "write": ["data", "scratch"]}},
    "tags": {"team": "physics"},
}
"""What may change while people work: nothing is made anew for it. Tags reach all services."""
PATIENCE = 900
"""Seconds for one command; the longest takes 70, most of which the AWS provider sleeps."""


class Root:
    """A copy of terraform/aws, with state and values of its own, and the program that works on it."""

    def __init__(self, argv0: str, directory: Path, environ: dict[str, str]) -> None:
        self._argv0 = argv0
        self._directory = directory
        self._environ = {**os.environ, **environ, "TF_CLI_ARGS": "-no-color", "TF_IN_AUTOMATION": "1"}
        # An error is one of ours here, which time does not heal.
        override = {"provider": {"aws": {"max_retries": 2}}}
        (directory / "test_override.tf.json").write_text(json.dumps(override))

    def set_values(self, values: dict[str, Any]) -> None:
        """Write the values of the variables."""
        (self._directory / "terraform.tfvars.json").write_text(json.dumps(values))

    def run(self, *argv: str, expected: int = 0) -> str:
        """Run a command that must end as expected, and return what it says."""
        ended = self.try_to(*argv)
        assert ended.returncode == expected, f"{' '.join(argv)}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def try_to(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [self._argv0, *argv],
            cwd=self._directory,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def planned(self) -> dict[str, list[str]]:
        """Plan into the file `plan`, and return what it would change, and how."""
        self.run("plan", "-input=false", "-out=plan")
        changes = json.loads(self.run("show", "-json", "plan"))["resource_changes"]
        return {
            change["address"]: change["change"]["actions"]
            for change in changes
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def outputs(self) -> dict[str, Any]:
        """Return the values of all outputs."""
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}


def root_for(program: str, repository: Path, tmp_path: Path, environ: dict[str, str]) -> Root:
    """Return an initialized root, or skip and say what is missing."""
    argv0 = shutil.which(program, path=f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}")
    if argv0 is None:
        pytest.skip(f"not installed: {program}")
    shutil.copytree(
        repository / "terraform/aws", tmp_path / "root", ignore=shutil.ignore_patterns(".terraform*")
    )
    source = configuration(program, tmp_path)
    root = Root(argv0, tmp_path / "root", {**environ, **source})
    ended = root.try_to("init", "-input=false")
    if ended.returncode and not source:
        pytest.skip(f"no AWS provider on this machine, nor from the registry: {ended.stderr.strip()[-300:]}")
    assert ended.returncode == 0, ended.stderr
    return root


@pytest.mark.parametrize("program", ["terraform", "tofu"])
def test_a_cluster_is_made_and_changed_in_place_and_deleted(
    program: str, repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    root = root_for(program, repository, tmp_path, local_aws)
    values = copy.deepcopy(VALUES)
    if program == "tofu":
        # The provider watches rules of buckets for a minute; one of the programs may go without.
        values["buckets"] = {"data": {"public_read": True, "versioning": True}, "scratch": {}}

    root.set_values(values)
    root.run("apply", "-auto-approve", "-input=false")
    outputs = root.outputs()
    assert outputs["cluster"]["version"] == "1.32"
    assert outputs["buckets"] == {"data": "alps-data", "scratch": "alps-scratch"}
    assert outputs["hub_identities"] == {"research": "arn:aws:iam::123456789012:role/alps-research"}
    assert len(outputs["network"]["private_subnets"]) == 2
    assert {name: home["kind"] for name, home in outputs["home_storage"].items()} == {
        "homes": "disk",
        "shared": "share",
    }
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    root.set_values({**values, "kubernetes_version": "1.33"})
    assert root.planned() == {
        "aws_eks_cluster.cluster": ["update"],
        'aws_eks_node_group.pool["core"]': ["update"],
        'aws_eks_node_group.pool["small"]': ["update"],
    }
    root.run("apply", "-input=false", "plan")
    changed = root.outputs()
    assert changed == {**outputs, "cluster": {**outputs["cluster"], "version": "1.33"}}
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    root.set_values({**values, **CHANGED, "kubernetes_version": "1.33"})
    planned = root.planned()
    label = 'aws_autoscaling_group_tag.hint["small/label/size"]'
    assert {address: actions for address, actions in planned.items() if actions != ["update"]} == {
        label: ["create"]
    }
    assert {
        "aws_budgets_budget.monthly[0]",
        'aws_dlm_lifecycle_policy.homes["homes"]',
        'aws_ebs_volume.homes["homes"]',
        'aws_efs_backup_policy.homes["shared"]',
        'aws_eks_addon.on_nodes["coredns"]',
        "aws_eks_cluster.cluster",
        'aws_eks_node_group.pool["small"]',
        'aws_iam_role_policy.hub["research"]',
        'aws_launch_template.pool["small"]',
    } <= planned.keys()
    root.run("apply", "-input=false", "plan")
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    root.run("destroy", "-auto-approve", "-input=false")
    assert root.run("state", "list") == ""
