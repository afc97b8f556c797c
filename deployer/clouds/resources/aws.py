"""Types of resources of AWS: what is protected, and what stays with data that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.ageing import UNREADABLE, Ageing, Rule, backups_kept, scope
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
    from collections.abc import Callable, Iterator, Mapping

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


def _objects(values: Mapping[str, Any]) -> Iterator[Rule]:
    for rule in values.get("rule") or ():
        if rule.get("status") != "Enabled":
            continue
        where = scope(rule.get("filter"), {"prefix": rule.get("prefix")})
        for each in rule.get("expiration") or ():
            if each.get("days"):
                yield Rule(kind="objects", scope=where, days=each["days"])
            elif each.get("date"):
                yield Rule(kind="objects", scope=scope(where, each["date"]), days=UNREADABLE)
        for each in rule.get("noncurrent_version_expiration") or ():
            spared = each.get("newer_noncurrent_versions")
            yield Rule(
                kind="versions",
                scope=scope(where, {"spared": spared}) if spared else where,
                days=each.get("noncurrent_days") or UNREADABLE,
            )


def _snapshots(values: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield for how many days snapshots are kept. A count stands for days: there is one a day."""
    for details in values.get("policy_details") or ():
        for schedule in details.get("schedule") or ():
            for rule in schedule.get("retain_rule") or ():
                unit = _DAYS.get(rule.get("interval_unit") or "DAYS", 1)
                days = rule.get("count") or (rule.get("interval") or 0) * unit
                yield Rule(kind="snapshots", scope=str(schedule.get("name")), days=days)


_DAYS = {"DAYS": 1, "WEEKS": 7, "MONTHS": 30, "YEARS": 365}
_BACKUPS = backups_kept("backup_retention_period")
AGEING = {
    "aws_db_instance": _BACKUPS,
    "aws_dlm_lifecycle_policy": Ageing(
        name=HOMES.name, things="snapshots", rules=_snapshots, block="policy_details", reaches_back=False
    ),
    "aws_rds_cluster": _BACKUPS,
    "aws_s3_bucket_lifecycle_configuration": Ageing(
        name=BUCKET.name,
        things="objects in it, and versions of them,",
        rules=_objects,
        block="rule",
        of="bucket",
    ),
}
"""What lets things be deleted when they are old."""
