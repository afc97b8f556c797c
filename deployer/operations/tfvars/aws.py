"""The variables of terraform/aws. The clusters themselves, and their pools, are in files of eksctl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.operations.tfvars.parts import NO_ADDRESS, buckets, named, permissions, size, storage
from deployer.operations.tfvars.taking import said

if TYPE_CHECKING:
    from deployer.operations.tfvars.taking import Taking

REASONS = {
    "region": "write it as `region` under `aws` in cluster.yaml",
    "cluster_name": "write it as `clusterName` under `aws` in cluster.yaml",
    "enable_jupyterhub_cost_monitoring": "what hubs cost is not exported",
    "enable_jupyterhub_cost_tags": "what hubs cost is not exported",
    "enable_grafana_athena_iam": "what hubs cost is not exported",
    "enable_ebs_alarms": "alarms are not built",
    "enable_k8s_event_exporter": "logs are as the cloud has them by default",
}
_DATABASE = "databases are not built"
_CLUSTER_NAME = "{var_cluster_name}"
"""What their module puts the cluster's name in place of, in tags and addresses."""


def convert(of: Taking) -> dict[str, Any]:
    """Take what the file says, and return the block."""
    line, name = of.line_of("cluster_name"), of.text("cluster_name") or ""
    if name:
        of.tell("cluster_name", line, REASONS["cluster_name"])
    zone = of.text("cluster_nodes_location")
    made = buckets(of)
    tags = of.text_map("default_tags")
    found = said(
        zones=[zone] if zone else [],
        home_storage=[*_disks(of), *_shares(of)],
        buckets=made,
        permissions=permissions(of, made),
        budget=_budget(of, name),
        tags={key: value.replace(_CLUSTER_NAME, name) for key, value in tags.items()},
    )
    for key in ("db_enabled", "db_instance_class", "db_storage_size", "db_engine", "db_engine_version"):
        of.leave(key, _DATABASE)
    for key in (
        "db_instance_identifier",
        "db_mysql_user_grants",
        "db_params",
        "db_user_password_special_chars",
    ):
        of.leave(key, _DATABASE)
    return found


def _disks(of: Taking) -> list[dict[str, Any]]:
    # Theirs are not copied unless somebody says otherwise, ours are.
    copied = of.flag("enable_nfs_backup", default=False)
    found = []
    for name, disk in named(of, "ebs_volumes"):
        asked = {"name": name, "kind": "disk", "size": size(disk)}
        line, kind = disk.line_of("type"), disk.text("type")
        if kind not in (None, "gp3"):
            disk.tell("type", line, "disks are `gp3`")
        disk.leave("iops", "a disk has as many as come with `gp3`")
        disk.leave("throughput", "a disk has as much as comes with `gp3`")
        found.append({**asked, **storage(disk, name, copied=copied)})
    return found


def _shares(of: Taking) -> list[dict[str, Any]]:
    copied = of.flag("enable_efs_backup", default=True)
    line = of.line_of("disable_cluster_wide_filestore")
    if not of.flag("disable_cluster_wide_filestore", default=True):
        of.tell("disable_cluster_wide_filestore", line, "write a share under `home_storage` for it")
    return [
        {"name": name, "kind": "share", **storage(share, name, copied=copied)}
        for name, share in named(of, "filestores")
    ]


def _budget(of: Taking, name: str) -> dict[str, Any]:
    line, own = of.line_of("default_budget_alert"), of.inner("default_budget_alert")
    emails = of.texts("budget_alert_threshold_emails")
    if own is not None:
        emails += own.texts("subscriber_email_addresses")
        if own.flag("enabled", default=True):
            of.tell("default_budget_alert", line, "it names no amount; write one as `monthly` under `budget`")
        own.leave_rest()
    limit = of.line_of("budget_alert_thresholds")
    amounts = sorted(of.amounts("budget_alert_thresholds"))
    if not amounts:
        return {}
    if not emails:
        of.tell("budget_alert_thresholds", limit, NO_ADDRESS)
        return {}
    if len(amounts) > 1:
        of.tell("budget_alert_thresholds", limit, "a budget has one amount: the largest is taken")
    unique = dict.fromkeys(each.replace(_CLUSTER_NAME, name) for each in emails)
    return {"monthly": amounts[-1], "alert_emails": list(unique)}
