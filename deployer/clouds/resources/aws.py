"""Types of resources of AWS: what is protected, and what stays with data that stays."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.classes import (
    BUCKET,
    CLUSTER,
    DATABASE,
    DNS,
    HOMES,
    KEY,
    NETWORK,
    NODE_POOL,
    REGISTRY,
    Ageing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROTECTED = {
    "aws_backup_vault": HOMES,
    "aws_db_instance": DATABASE,
    "aws_ebs_snapshot": HOMES,
    "aws_ebs_volume": HOMES,
    "aws_ecr_repository": REGISTRY,
    "aws_efs_file_system": HOMES,
    "aws_eks_cluster": CLUSTER,
    "aws_eks_node_group": NODE_POOL,
    "aws_kms_key": KEY,
    "aws_rds_cluster": DATABASE,
    "aws_route53_zone": DNS,
    "aws_s3_bucket": BUCKET,
    "aws_subnet": NETWORK,
    "aws_vpc": NETWORK,
}
KEPT = {
    "homes": (
        "aws_backup_",
        "aws_dlm_lifecycle_policy.",
        "aws_ebs_snapshot.",
        "aws_ebs_volume.",
        "aws_efs_file_system.",
        "aws_iam_role.backups",
        "aws_iam_role.snapshots",
        "aws_iam_role_policy_attachment.backups",
        "aws_iam_role_policy_attachment.snapshots",
    ),
    "buckets": ("aws_s3_bucket",),
    "databases": (
        "aws_db_",
        "aws_rds_",
    ),
}
HOLDING: dict[str, tuple[str, ...]] = {
    "aws_db_instance.": ("aws_security_group.databases", "aws_subnet.private", "aws_vpc."),
}
IDENTITIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "aws_backup_selection": lambda values: f"{values['plan_id']}|{values['id']}",
    "aws_db_instance": lambda values: str(values["identifier"]),
    "aws_iam_role_policy_attachment": lambda values: f"{values['role']}/{values['policy_arn']}",
}
"""By what a resource is imported when that is not its id."""


def _objects(values: Mapping[str, Any]) -> float:
    rules = [rule for rule in values.get("rule") or () if rule.get("status") == "Enabled"]
    found = [each.get("days") for rule in rules for each in rule.get("expiration") or ()]
    found += [
        each.get("noncurrent_days")
        for rule in rules
        for each in rule.get("noncurrent_version_expiration") or ()
    ]
    return min((days for days in found if days), default=inf)


def _snapshots(values: Mapping[str, Any]) -> float:
    """Return for how many days snapshots are kept: there is one a day."""
    schedules = [
        each for details in values.get("policy_details") or () for each in details.get("schedule") or ()
    ]
    rules = [rule for schedule in schedules for rule in schedule.get("retain_rule") or ()]
    return min((rule["count"] for rule in rules if rule.get("count")), default=inf)


AGEING = {
    "aws_dlm_lifecycle_policy": Ageing(name=HOMES.name, things="snapshots", days=_snapshots),
    "aws_s3_bucket_lifecycle_configuration": Ageing(
        name=BUCKET.name, things="all objects in it, and their versions,", days=_objects, of="bucket"
    ),
}
"""What lets things be deleted when they are old."""
