"""What stays on AWS when a cluster goes, and by what it is adopted again."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.clouds.resources import PROTECTED, identity
from deployer.clouds.resources.classes import HOMES, REGISTRY
from deployer.operations.infra.destroy import staying


def kept(*there: str, keep: tuple[str, ...]) -> list[str]:
    values = {"id": "id", "identifier": "name", "plan_id": "plan", "policy_arn": "arn", "role": "role"}
    resources = [
        {"address": each, "mode": "managed", "type": kind, "name": name, "values": values}
        for each in there
        for kind, name in [each.split(".")]
    ]
    return [each.address for each in staying({"values": {"root_module": {"resources": resources}}}, keep)]


def test_a_database_that_stays_holds_its_network_and_nothing_else_does() -> None:
    network = ("aws_security_group.databases", "aws_subnet.private", "aws_vpc.cluster")
    database = (
        "aws_db_instance.database",
        "aws_db_parameter_group.database",
        "aws_db_subnet_group.databases",
    )
    others = ("aws_eks_cluster.cluster", "aws_security_group.homes", "aws_subnet.public")
    assert kept(*database, *network, *others, keep=("databases",)) == [*database, *network]
    assert kept(*database, *network, *others, keep=("homes", "buckets")) == []
    assert kept("aws_s3_bucket.bucket", *network, keep=("buckets", "databases")) == ["aws_s3_bucket.bucket"]


def test_backups_stay_with_homes_and_with_what_makes_them() -> None:
    backups = (
        "aws_backup_plan.homes",
        "aws_backup_selection.homes",
        "aws_backup_vault.copies",
        "aws_backup_vault.homes",
        "aws_iam_role.backups",
        "aws_iam_role_policy_attachment.backups",
    )
    assert kept(*backups, "aws_iam_role.nodes", keep=("homes",)) == list(backups)
    assert kept(*backups, keep=("buckets", "databases")) == []


def test_vaults_and_registries_are_looked_after() -> None:
    assert PROTECTED["aws_backup_vault"] == HOMES
    assert PROTECTED["aws_ecr_repository"] == REGISTRY


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("aws_backup_selection", {"id": "selection", "plan_id": "plan"}, "plan|selection"),
        ("aws_db_instance", {"id": "db-1", "identifier": "alps-grades"}, "alps-grades"),
        ("aws_iam_role_policy_attachment", {"id": "x", "policy_arn": "arn", "role": "role"}, "role/arn"),
        ("aws_s3_bucket", {"id": "alps-data"}, "alps-data"),
    ],
)
def test_each_is_adopted_by_what_terraform_takes(kind: str, values: dict[str, Any], expected: str) -> None:
    assert identity(kind, values) == expected
