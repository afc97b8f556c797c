"""Types of resources of AWS: what is protected, and what stays with data that stays."""

from __future__ import annotations

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
