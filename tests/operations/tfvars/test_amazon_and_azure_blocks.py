"""Blocks that .tfvars files of AWS and of Azure become, and what of them is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.operations.tfvars.converting import converted, left_out

if TYPE_CHECKING:
    from pathlib import Path


def test_amazon_disks_shares_tags_and_budget(path: Path) -> None:
    made = converted(
        path,
        "aws",
        """\
        region = "us-west-2"
        cluster_name = "alps"
        cluster_nodes_location = "us-west-2a"
        default_tags = { "acme.org/cluster" : "{var_cluster_name}", "owner" : "us" }
        default_budget_alert = { enabled : true, subscriber_email_addresses : ["{var_cluster_name}@a.org"] }
        budget_alerts = {
          "large" : { time_period : "MONTHLY", emails : ["money@example.org"], max_cost : 1000 },
          "small" : { time_period : "MONTHLY", emails : ["money@example.org"], max_cost : 500 },
          "year" : { time_period : "ANNUALLY", emails : ["money@example.org"], max_cost : 5000 },
        }
        ebs_volumes = {
          "prod" = { size = 100, type = "gp3", name_suffix = "prod", iops = 5000, tags = { "hub" : "prod" } }
          "slow" = { size = 10, type = "st1" }
        }
        filestores = { "shared" = {} }
        disable_cluster_wide_filestore = false
        user_buckets = {
          "archive" : { archival_storageclass_after : 3, delete_after : 185, tags : { "hub" : "prod" } },
          "today" : { "delete_after" : 0 },
        }
        hub_cloud_permissions = {
          "prod" : {
            bucket_admin_access : ["archive"],
            max_session_duration : 12 * 60 * 60,
            extra_iam_policy : <<-EOT
              {}
            EOT
          },
        }
        db_enabled = true
        """,
    )
    assert made.infrastructure == {
        "zones": ["us-west-2a"],
        "home_storage": [
            {"name": "prod", "kind": "disk", "size": 100, "snapshots": False},
            {"name": "slow", "kind": "disk", "size": 10, "snapshots": False},
            {"name": "shared", "kind": "share"},
        ],
        "buckets": {"archive": {"delete_after_days": 185, "archive_after_days": 3}, "today": None},
        "permissions": {"prod": {"write": ["archive"]}},
        "budget": {"monthly": 1000, "alert_emails": ["money@example.org"]},
        "tags": {"acme.org/cluster": "alps", "owner": "us"},
    }
    assert [(key, line) for key, line, _ in left_out(made)] == [
        ("region", 1),
        ("cluster_name", 2),
        ("default_budget_alert", 5),
        ("default_budget_alert.subscriber_email_addresses", 5),
        ("budget_alerts.small", 8),
        ("budget_alerts.year", 9),
        ("ebs_volumes.prod.iops", 12),
        ("ebs_volumes.prod.tags", 12),
        ("ebs_volumes.slow.type", 13),
        ("disable_cluster_wide_filestore", 16),
        ("user_buckets.archive.tags", 18),
        ("user_buckets.today.delete_after", 19),
        ("hub_cloud_permissions.prod.max_session_duration", 24),
        ("hub_cloud_permissions.prod.extra_iam_policy", 25),
        ("db_enabled", 30),
    ]
    assert made.missing == (
        "the file has no node pools: eksctl has those of AWS; write them under `node_pools`",
        "EKS wants two zones at least: add another one to `zones`",
    )


def test_amazon_disks_are_copied_when_the_file_says_so(path: Path) -> None:
    made = converted(path, "aws", 'enable_nfs_backup = true\nebs_volumes = { "a" = { size = 1 } }\n')
    assert made.infrastructure == {
        "home_storage": [{"name": "a", "kind": "disk", "size": 1, "snapshots": {"keep": 5}}]
    }


POOLS_TODAY = """\
node_pools = {
  core : [{ name : "core", vm_size : "Standard_E4s_v5", min : 1, max : 10 }],
  user : [{
    name : "big", vm_size : "Standard_E8s_v5", os_disk_size_gb : 64, min : 0, max : 20,
    labels : { "a.org/b" : "c" }, taints : ["a.org/b=c:NoSchedule", "lonely:NoExecute"],
    kubernetes_version : "1.33.1", kubelet_disk_type : "OS",
  }],
  dask : [{ name : "big", vm_size : "Standard_E8s_v5", min : 0, max : 20 }],
}
"""
POOLS_ONCE = """\
core_node_pool = { name : "core", vm_size : "Standard_E4s_v5", min : 1, max : 10 }
user_node_pools = {
  big : {
    vm_size : "Standard_E8s_v5", os_disk_size_gb : 64, min : 0, max : 20,
    labels : { "a.org/b" : "c" }, taints : ["a.org/b=c:NoSchedule", "lonely:NoExecute"],
    kubernetes_version : "1.33.1", kubelet_disk_type : "OS",
  }
}
dask_node_pools = { big : { vm_size : "Standard_E8s_v5", min : 0, max : 20 } }
"""


@pytest.mark.parametrize("said", [POOLS_TODAY, POOLS_ONCE], ids=["today", "once"])
def test_azure(path: Path, said: str) -> None:
    head = 'location = "here"\nkubernetes_version = "1.34"\nstorage_size = 100\nbudget_alert_amount = 9\n'
    made = converted(path, "azure", head + said)
    taints = [
        {"key": "a.org/b", "value": "c", "effect": "NoSchedule"},
        {"key": "lonely", "effect": "NoExecute"},
    ]
    big = {"machine": "Standard_E8s_v5", "min": 0, "max": 20}
    assert made.infrastructure == {
        "kubernetes_version": "1.34",
        "node_pools": {
            "core": {"machine": "Standard_E4s_v5", "min": 1, "max": 10},
            "notebooks": {"big": {**big, "disk": 64, "labels": {"a.org/b": "c"}, "taints": taints}},
            "dask": {"dask-big": big},
        },
        "home_storage": [{"name": "homes", "kind": "share", "size": 100, "snapshots": False}],
    }
    told = [key.rpartition(".")[2] for key, _, _ in left_out(made)]
    assert told == ["location", "budget_alert_amount", "kubelet_disk_type", "kubernetes_version"]


def test_azure_nodes_of_users_had_larger_disks_once(path: Path) -> None:
    made = converted(path, "azure", 'user_node_pools = { a : { vm_size : "Standard_E8s_v5" } }\n')
    assert made.infrastructure["node_pools"] == {
        "notebooks": {"a": {"machine": "Standard_E8s_v5", "disk": 200}}
    }
