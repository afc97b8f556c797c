"""Preflight and leftovers on the local AWS, asked by the real AWS command line: every command is `deployer`.

IAM's simulation is moto's own reading of policies; quotas are those of tests/infra/aws/servicequotas.py.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from deployer.fleet.schema_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.fleet import Fleet

pytestmark = pytest.mark.integration

REGION = "us-west-2"
BUILDER = "arn:aws:iam::123456789012:user/builder"
INCREASE = (
    "aws service-quotas request-service-quota-increase --region=us-west-2 --service-code=ec2 "
    "--quota-code=L-1216C47A --desired-value=206"
)


@pytest.fixture
def with_aws(repository: Path, fleet: Fleet) -> Fleet:
    """The fleet, where the AWS command line is installed."""
    programs = repository / ".tools/moto/bin"
    if not (programs / "aws").exists():
        pytest.skip("not built: the AWS command line in .tools/moto (`make tools-all`)")
    path = os.pathsep.join([str(programs), fleet.environ["PATH"]])
    return replace(fleet, environ={**fleet.environ, "PATH": path})


def aws(fleet: Fleet, *arguments: str) -> Any:
    """Run the AWS command line as an account owner would, and return what it says."""
    said = subprocess.run(
        ["aws", *arguments, "--output=json"],
        env={**os.environ, **fleet.environ, "AWS_DEFAULT_REGION": REGION},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    return json.loads(said) if said.strip() else None


def builder(fleet: Fleet, policy: str) -> Fleet:
    """Return the fleet as a user has it who may do what a policy says."""
    aws(fleet, "iam", "create-user", "--user-name=builder")
    key = aws(fleet, "iam", "create-access-key", "--user-name=builder")["AccessKey"]
    grant(fleet, policy)
    credentials = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    return replace(fleet, environ={**fleet.environ, **credentials})


def grant(fleet: Fleet, policy: str) -> None:
    name = ["--user-name=builder", "--policy-name=build"]
    aws(fleet, "iam", "put-user-policy", *name, f"--policy-document={policy}")


def test_the_policy_that_is_printed_is_all_that_the_plan_needs(with_aws: Fleet) -> None:
    policy = with_aws.infra("preflight", "alps", "--policy").stdout
    less = json.loads(policy)
    (making,) = (each for each in less["Statement"] if "eks:CreateCluster" in each["Action"])
    making["Action"].remove("eks:CreateCluster")
    theirs = builder(with_aws, json.dumps(less))

    # Without this action; and machines for 206 vCPUs at most, where the account has 64.
    lacking = json.loads(theirs.infra("preflight", "alps", "-o", "json", expected=1).stdout)
    assert not list(Draft7Validator(whole("infra-preflight")).iter_errors(lacking))
    assert (lacking["of"], lacking["missing"]) == ("plan", 2)
    assert [
        (each["what"], each["said"], each["mend"])
        for each in lacking["findings"]
        if each["status"] == "missing"
    ] == [
        (
            "eks:CreateCluster",
            f"as a simulation for {BUILDER} says",
            f"give {BUILDER} the policy of `deployer infra preflight alps --policy`",
        ),
        (
            "vCPUs on demand: Standard (A, C, D, H, I, M, R, T, Z)",
            "206 wanted, 0 in use, 64 allowed",
            INCREASE,
        ),
    ]

    grant(with_aws, policy)
    with_aws.change("max: 50", "max: 10")
    fine = theirs.infra("preflight", "alps")
    assert "alps: 0 missing, 0 unknown, for the plan" in fine.stderr
    rows = [re.split("  +", line) for line in fine.stdout.splitlines()]
    assert {row[0] for row in rows} == {"ok"}
    assert {row[2] for row in rows if row[1] == "permission"} >= {"ec2", "eks", "iam", "kms", "s3"}
    assert {row[2] for row in rows if row[1] == "quota"} == {
        "EKS clusters of the region",
        "NAT gateways of a zone",
        "VPCs of the region",
        "elastic IP addresses",
        "managed node groups of a cluster",
        "nodes of a managed node group",
        "vCPUs on demand: Standard (A, C, D, H, I, M, R, T, Z)",
    }


def test_who_may_not_even_plan_is_told_what_the_whole_module_takes(with_aws: Fleet) -> None:
    (with_aws.root / "terraform/aws/test_override.tf").write_text("this is no module\n")
    with_aws.change("max: 50", "max: 10")
    # The user of the local AWS is nobody that its IAM knows.
    told = with_aws.infra("preflight", "alps")
    assert "alps: no plan can be made: Error: " in told.stderr
    assert "NoSuchEntity" in told.stdout
    assert "alps: 0 missing, 1 unknown, for all that the module can make" in told.stderr


def test_what_kubernetes_made_is_listed_after_the_cluster_is_gone_and_stays(with_aws: Fleet) -> None:
    for file in (with_aws.root / "terraform/aws").glob("*.tf"):
        file.unlink()
    module = with_aws.root / "terraform/aws/versions.tf"
    module.write_text('variable "name" {}\nresource "terraform_data" "thing" { input = var.name }\n')
    (with_aws.root / "config/org.yaml").write_text("name: Alpine\n")
    with_aws.infra("apply", "alps", "--yes")

    tags = "Tags=[{Key=kubernetes.io/cluster/alps-1,Value=%s}]"
    volume = ["ec2", "create-volume", "--availability-zone=us-west-2a", "--size=1", "--tag-specifications"]
    made = aws(with_aws, *volume, f"ResourceType=volume,{tags % 'owned'}")["VolumeId"]
    shared = aws(with_aws, *volume, f"ResourceType=volume,{tags % 'shared'}")["VolumeId"]
    subnet = aws(with_aws, "ec2", "describe-subnets")["Subnets"][0]["SubnetId"]
    balancer = aws(
        with_aws,
        *["elbv2", "create-load-balancer", "--type=network", "--name=hub", f"--subnets={subnet}"],
        *["--tags", "Key=elbv2.k8s.aws/cluster,Value=alps-1"],
    )["LoadBalancers"][0]["LoadBalancerArn"]

    gone = with_aws.infra("destroy", "alps", "--confirm", "alps", "--output", "json")
    found = json.loads(gone.stdout)["leftovers"]
    assert [each["notice"] for each in found] == [None]
    commands = {each["name"]: each["delete"] for each in found[0]["found"]}
    assert sorted(commands) == sorted([balancer, f"arn:aws:ec2:us-west-2:123456789012:volume/{made}"])
    assert "Kubernetes made this too, and nothing takes it away but you:" in gone.stderr

    # Nothing was deleted; the commands do it.
    assert {each["VolumeId"] for each in aws(with_aws, "ec2", "describe-volumes")["Volumes"]} >= {
        made,
        shared,
    }
    for command in commands.values():
        aws(with_aws, *shlex.split(command)[1:])
    again = with_aws.infra("destroy", "alps", "--confirm", "alps")
    assert "nothing is left of it" in again.stderr
    assert "Kubernetes made this too" not in again.stderr
    assert {each["VolumeId"] for each in aws(with_aws, "ec2", "describe-volumes")["Volumes"]} == {shared}


def test_without_the_command_line_of_aws_it_is_said_what_to_look_for(with_aws: Fleet, tmp_path: Path) -> None:
    for file in (with_aws.root / "terraform/aws").glob("*.tf"):
        file.unlink()
    (with_aws.root / "terraform/aws/versions.tf").write_text('variable "name" {}\n')
    (with_aws.root / "config/org.yaml").write_text("name: Alpine\n")
    # First on the path: an `aws` that nobody can start is none.
    (tmp_path / "none").mkdir()
    (tmp_path / "none/aws").write_text(
        "#!/bin/sh\necho 'An error occurred (AccessDenied): no' >&2\nexit 254\n"
    )
    (tmp_path / "none/aws").chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "none"), with_aws.environ["PATH"]])
    refused = replace(with_aws, environ={**with_aws.environ, "PATH": path})
    told = refused.infra("destroy", "alps", "--confirm", "alps")
    assert (
        "notice: not asked what Kubernetes left: An error occurred (AccessDenied): no; "
        "look for load balancers, target groups, security groups and EBS volumes with the tag "
        "kubernetes.io/cluster/alps-1"
    ) in told.stderr
