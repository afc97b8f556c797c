"""The life of a cluster on AWS, as an operator leads it: every command is `deployer infra`."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.errors import Interrupted
from tests.operations.infra.fleets import wait_for

if TYPE_CHECKING:
    from tests.infra.fleet import Fleet

pytestmark = pytest.mark.integration

SLOW = """
variable "name" {}
resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "echo begun > BEGUN; sleep 60" }
}
"""


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

    # So would rules by which S3 deletes what people have put there meanwhile.
    fleet.change("scratch: {}", "scratch: {delete_after_days: 7}")
    refused = fleet.infra("apply", "alps", "--yes", expected=3)
    assert 'create aws_s3_bucket_lifecycle_configuration.bucket["scratch"]' in refused.stderr
    assert "lost is objects in it, and versions of them, older than 7 days" in refused.stderr
    fleet.change("scratch: {delete_after_days: 7}", "scratch: {}")

    # Another version comes in steps, and with nothing else.
    fleet.change('"1.32"', '"1.33"')
    kept = fleet.infra("plan", "alps", "--diff")
    assert "`deployer infra upgrade alps` gets there" in kept.stderr
    assert "nothing to do" in kept.stderr
    fleet.infra("upgrade", "alps", "--yes", "--drain-hours", "0")
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


def test_nobody_gets_at_the_state_without_tls(fleet: Fleet) -> None:
    (fleet.root / "terraform/bootstrap-aws/policy_override.tf").unlink()
    assert "aws_s3_bucket_policy.state: complete" in fleet.infra("bootstrap", "alps").stderr
    assert "StatusCode: 403" in fleet.infra("plan", "alps", expected=1).stderr


def test_a_state_moves_into_the_bucket_and_replaces_none_that_is_there(fleet: Fleet) -> None:
    for file in (fleet.root / "terraform/aws").glob("*.tf"):
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


def test_another_machine_meets_the_lock_in_the_bucket_and_goes_on_after_an_interrupt(fleet: Fleet) -> None:
    for file in (fleet.root / "terraform/aws").glob("*.tf"):
        file.unlink()
    module = fleet.root / "terraform/aws/versions.tf"
    begun = fleet.root / "begun"
    slow = SLOW.replace("BEGUN", str(begun))
    module.write_text(slow)
    fleet.infra("bootstrap", "alps")
    other = replace(fleet, environ={**fleet.environ, "DEPLOYER_STATE": str(fleet.root.parent / "other")})
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        fleet.argv("apply", "alps", "--yes"),
        env={**os.environ, **fleet.environ},
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
    ) as process:
        try:
            wait_for(begun, process)
            met = other.infra("plan", "alps", expected=1).stderr
            (listed,) = json.loads(other.infra("locks", "--output", "json").stdout)["clusters"]
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == Interrupted.exit_code
    assert "the state of alps is locked: lock" in met
    assert f"`deployer infra unlock alps {listed['lock']['id']} --owner" in met

    left = other.infra("plan", "alps").stdout
    assert left.startswith("replace  terraform_data.slow (its last change was not finished")
    module.write_text(slow.replace("sleep 60", "true"))
    other.infra("apply", "alps", "--yes")
    assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr
