"""The variables of terraform/aws. The clusters themselves, and their pools, are in files of eksctl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.operations.tfvars.parts import buckets, named, permissions, size, storage
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
_DAYS_KEPT = 5
"""How long the module keeps copies of disks."""
_DATABASE = "databases are not built"
_CLUSTER_NAME = "{var_cluster_name}"
"""What their module puts the cluster's name in place of, in tags."""


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
        budget=_budget(of),
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
    snapshots = {"keep": _DAYS_KEPT} if of.flag("enable_nfs_backup", default=False) else False
    found = []
    for name, disk in named(of, "ebs_volumes"):
        found.append({"name": name, "kind": "disk", "size": size(disk), "snapshots": snapshots})
        line, kind = disk.line_of("type"), disk.text("type")
        if kind not in (None, "gp3"):
            disk.tell("type", line, "disks are `gp3`")
        disk.leave("iops", "a disk has as many as come with `gp3`")
        disk.leave("throughput", "a disk has as much as comes with `gp3`")
        storage(disk, name)
    return found


def _shares(of: Taking) -> list[dict[str, Any]]:
    copied = of.flag("enable_efs_backup", default=True)
    line = of.line_of("disable_cluster_wide_filestore")
    if not of.flag("disable_cluster_wide_filestore", default=True):
        of.tell("disable_cluster_wide_filestore", line, "write a share under `home_storage` for it")
    found = []
    for name, share in named(of, "filestores"):
        found.append({"name": name, "kind": "share", **({} if copied else {"snapshots": False})})
        storage(share, name)
    return found


def _budget(of: Taking) -> dict[str, Any]:
    """Take budgets. One of ours is of a month, and there is one: the largest of theirs."""
    own = of.inner("default_budget_alert")
    if own is not None:
        if own.flag("enabled", default=True):
            own.tell("", own.line, "it names no amount; write one as `monthly` under `budget`")
            own.leave("subscriber_email_addresses", "there is no budget for them")
        else:
            own.texts("subscriber_email_addresses")
        own.leave_rest()
    monthly = [(alert, budget) for _, alert in of.entries("budget_alerts") if (budget := _monthly(alert))]
    monthly.sort(key=lambda each: each[1]["monthly"])
    for alert, _ in monthly[:-1]:
        alert.leave_all("a budget has one amount: the largest is taken")
    return monthly[-1][1] if monthly else {}


def _monthly(alert: Taking) -> dict[str, Any]:
    amounts, emails, period = alert.amounts("max_cost"), alert.texts("emails"), alert.text("time_period")
    if period == "MONTHLY" and amounts and emails:
        alert.leave_rest()
        return {"monthly": amounts[0], "alert_emails": list(dict.fromkeys(emails))}
    alert.leave_all("a budget is of a month, and has an amount and addresses")
    return {}
