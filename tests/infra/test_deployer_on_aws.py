"""The life of a cluster on AWS, as an operator leads it: every command is `deployer infra`."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.infra.providers import configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

PATIENCE = 600
"""Seconds for one command; the longest takes 20 on a machine with nothing else to do."""
CLUSTER = """
schema: 2
name: alps
provider: aws
aws: {account: "123456789012", clusterName: alps-1, region: us-west-2}
infrastructure:
  kubernetes_version: "1.32"
  zones: [us-west-2a, us-west-2b]
  network: {range: 10.1.0.0/16}
  node_pools:
    core: {machine: r6i.large, max: 3}
    notebooks:
      small: {machine: r6i.xlarge, max: 50, tags: {hub: research}}
  home_storage:
    - {name: homes, kind: disk, size: 100}
  buckets:
    scratch: {}
  permissions:
    research: {write: [scratch]}
hubs: []
"""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A fleet with one cluster, on an AWS of its own."""

    root: Path
    environ: Mapping[str, str]

    @property
    def cluster_yaml(self) -> Path:
        return self.root / "config/clusters/alps/cluster.yaml"

    def infra(self, *arguments: str, expected: int = 0) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "deployer", "--root", str(self.root), "infra", *arguments],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert ended.returncode == expected, f"{' '.join(arguments)}: {ended.stdout}{ended.stderr}"
        return ended

    def change(self, before: str, after: str) -> None:
        text = self.cluster_yaml.read_text()
        assert before in text
        self.cluster_yaml.write_text(text.replace(before, after))


@pytest.fixture
def fleet(repository: Path, tmp_path: Path, local_aws: Mapping[str, str]) -> Fleet:
    tools = repository / ".tools/bin"
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    program = next((name for name in ("tofu", "terraform") if shutil.which(name, path=path)), None)
    if program is None:
        pytest.skip("neither OpenTofu nor Terraform is here: run `make tools-all`")
    source = configuration(program, tmp_path)
    if not source:
        pytest.skip("no AWS provider on this machine")
    environ = {
        **local_aws,
        **source,
        "DEPLOYER_CACHE": str(tmp_path / "cache"),
        "DEPLOYER_STATE": str(tmp_path / "state"),
        "PATH": path,
    }
    made = Fleet(root=tmp_path / "fleet", environ=environ)
    made.cluster_yaml.parent.mkdir(parents=True)
    made.cluster_yaml.write_text(CLUSTER)
    (made.root / "config/org.yaml").write_text("name: Alpine\nstate: {s3: {}}\n")
    # An error is one of ours here, which time does not heal.
    for name in ("aws", "bootstrap-aws"):
        shutil.copytree(repository / "terraform" / name, made.root / "terraform" / name)
        override = made.root / "terraform" / name / "test_override.tf"
        override.write_text('provider "aws" {\n  max_retries = 2\n}\n')
    return made


def test_an_operator_makes_changes_upgrades_and_takes_away_a_cluster(fleet: Fleet) -> None:
    # A plan needs no place for the state; the first change does.
    first = fleet.infra("plan", "alps")
    assert "create   aws_eks_cluster.cluster" in first.stdout
    early = fleet.infra("apply", "alps", "--yes", expected=1)
    assert "hint: `deployer infra bootstrap alps` makes it" in early.stderr
    bucket = "deployer-state-123456789012-us-west-2"
    assert fleet.infra("bootstrap", "alps").stdout == f"{bucket}\n"
    assert fleet.infra("bootstrap", "alps").stdout == f"{bucket}\n"

    made = fleet.infra("apply", "alps", "--yes")
    assert "outputs.yaml: commit it" in made.stderr
    told = yaml.safe_load(fleet.cluster_yaml.with_name("outputs.yaml").read_text())
    assert (told["cluster"]["name"], told["cluster"]["version"]) == ("alps-1", "1.32")
    assert told["buckets"] == {"scratch": "alps-scratch"}
    assert told["hub_identities"] == {"research": "arn:aws:iam::123456789012:role/alps-research"}
    assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr

    # Another range of addresses would take the network, and with it everything, away.
    fleet.change("10.1.0.0/16", "10.2.0.0/16")
    refused = fleet.infra("apply", "alps", "--yes", expected=3)
    assert 'replace aws_subnet.private["us-west-2a"]' in refused.stderr
    assert "because of cidr_block" in refused.stderr
    fleet.change("10.2.0.0/16", "10.1.0.0/16")

    fleet.change('"1.32"', '"1.33"')
    upgrade = json.loads(fleet.infra("plan", "alps", "--output", "json").stdout)
    assert {each["action"] for each in upgrade["changes"]} == {"update"}
    fleet.infra("apply", "alps", "--yes")
    told = yaml.safe_load(fleet.cluster_yaml.with_name("outputs.yaml").read_text())
    assert told["cluster"]["version"] == "1.33"

    fleet.change("123456789012", "210987654321")
    fleet.root.joinpath("config/org.yaml").write_text(f"name: Alpine\nstate: {{s3: {{bucket: {bucket}}}}}\n")
    other = fleet.infra("plan", "alps", expected=1)
    assert "wrong account: the credentials are of 123456789012" in other.stderr
    fleet.change("210987654321", "123456789012")

    gone = fleet.infra("destroy", "alps", "--confirm", "alps")
    assert "destroy  aws_eks_cluster.cluster" in gone.stdout
    assert 'keep     aws_ebs_volume.homes["homes"]' in gone.stdout
    assert 'keep     aws_s3_bucket.bucket["scratch"]' in gone.stdout
    adopt = dict(re.findall(r"to adopt it again: deployer infra (import alps '(aws_\w+)\..+)", gone.stderr))
    volume = next(command for command, kind in adopt.items() if kind == "aws_ebs_volume")
    fleet.infra(*shlex.split(volume))
    again = json.loads(fleet.infra("plan", "alps", "--output", "json").stdout)
    assert 'aws_ebs_volume.homes["homes"]' not in {
        each["address"] for each in again["changes"] if each["action"] == "create"
    }


def test_a_state_moves_into_the_bucket_and_replaces_none_that_is_there(fleet: Fleet) -> None:
    for file in (fleet.root / "terraform/aws").iterdir():
        file.unlink()
    module = fleet.root / "terraform/aws/versions.tf"
    module.write_text('variable "name" {}\nresource "terraform_data" "thing" { input = var.name }\n')
    organisation = fleet.root / "config/org.yaml"
    kept = organisation.read_text()
    organisation.write_text("name: Alpine\n")
    fleet.infra("apply", "alps", "--yes")
    (work,) = (path.parent for path in fleet.root.parent.glob("state/infra/*/alps/terraform.tfstate"))
    shutil.copytree(work, fleet.root.parent / "before")

    organisation.write_text(kept)
    told = fleet.infra("apply", "alps", "--yes", expected=1)
    assert "`deployer infra bootstrap alps` moves it there" in told.stderr
    fleet.infra("bootstrap", "alps")
    assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr

    # Somebody made the same cluster on another machine meanwhile.
    other = json.loads((fleet.root.parent / "before/terraform.tfstate").read_text())
    (work / "terraform.tfstate").write_text(json.dumps({**other, "lineage": "another"}))
    refused = fleet.infra("bootstrap", "alps", expected=1)
    assert "the bucket may hold another state of alps; both are as they were" in refused.stderr
    (work / "terraform.tfstate").unlink()
    assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr
