"""What OpenTofu plans on AWS for clusters with something special: nothing is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.everything import ACCOUNT, RICH, post
from tests.infra.offline import variables
from tests.infra.root import root_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_what_somebody_else_made_is_used_and_not_made_again(
    repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    key = json.loads(
        post(local_aws, "kms", "{}", "application/x-amz-json-1.1", action="TrentService.CreateKey")
    )["KeyMetadata"]
    zone = "<Name>hubs.example.org</Name><CallerReference>1</CallerReference>"
    wanted = f"<CreateHostedZoneRequest>{zone}</CreateHostedZoneRequest>"
    post(local_aws, "route53", wanted, "application/xml", path="/2013-04-01/hostedzone")
    roles = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("cluster", "nodes")}
    network = {
        "id": "vpc-1",
        "private_subnets": ["subnet-1", "subnet-2"],
        "public_subnets": ["subnet-3", "subnet-4"],
    }
    root = root_for("tofu", repository, tmp_path, local_aws)
    root.set_values(
        {
            **variables(RICH, tmp_path / "fleet"),
            "ci": None,
            "dns": {"zone": "hubs.example.org", "existing": True},
            "identities": roles,
            "network": {"existing": network, "flow_logs": True},
            "secrets_key": key["KeyId"],
        }
    )
    made = {each["address"]: each["change"]["after"] for each in root.plan()["resource_changes"]}
    assert made["aws_eks_cluster.cluster"]["role_arn"] == roles["cluster"]
    assert made["aws_eks_cluster.cluster"]["encryption_config"][0]["provider"][0]["key_arn"] == key["Arn"]
    assert made['aws_eks_node_group.pool["core"]']["node_role_arn"] == roles["nodes"]
    assert made['aws_flow_log.nodes["us-west-2b"]']["subnet_id"] == "subnet-2"
    assert made["aws_db_subnet_group.databases[0]"]["subnet_ids"] == ["subnet-1", "subnet-2"]
    kinds = {address.partition("[")[0] for address in made}
    assert not kinds & {
        "aws_iam_role.ci",
        "aws_iam_role.cluster",
        "aws_iam_role.nodes",
        "aws_kms_key.secrets",
        "aws_route53_record.dns",
        "aws_route53_zone.dns",
        "aws_subnet.private",
        "aws_vpc.cluster",
    }


def test_an_admin_who_builds_the_cluster_has_one_entry(
    repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    """A second would be refused by EKS, halfway."""
    builder, other = "arn:aws:sts::123456789012:user/moto", f"arn:aws:iam::{ACCOUNT}:role/operators"
    root = root_for("tofu", repository, tmp_path, local_aws)
    root.set_values({**variables(RICH, tmp_path / "fleet"), "admins": [builder, other], "ci": None})
    entries = {
        each["address"]: each["change"]["after"]["principal_arn"]
        for each in root.plan()["resource_changes"]
        if each["type"] == "aws_eks_access_entry"
    }
    assert entries == {
        f'aws_eks_access_entry.admin["{other}"]': other,
        "aws_eks_access_entry.builder": builder,
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"buckets": {"logs": {}}, "permissions": {}}, "A bucket `costs` or `logs` is the cluster's own"),
        (
            {
                "home_storage": {
                    name: {"kind": "share", "snapshots": {"keep": 1, "region": region}}
                    for name, region in (("one", "eu-west-1"), ("two", "eu-central-1"))
                }
            },
            "Copies of all shares have to be in one region",
        ),
    ],
)
def test_what_can_not_be_is_refused_by_the_module(
    changed: dict[str, Any], message: str, repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    root = root_for("tofu", repository, tmp_path, local_aws)
    root.set_values({**variables(RICH, tmp_path / "fleet"), "ci": None, **changed})
    refused = root.try_to("plan", "-input=false")
    assert refused.returncode == 1
    assert message in refused.stderr
