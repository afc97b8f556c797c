"""Blocks that .tfvars files of Google Cloud become, and what of them is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.operations.tfvars.converting import converted, left_out

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = {"private_nodes": False}


def test_google_pools_versions_and_zones(path: Path) -> None:
    made = converted(
        path,
        "gcp",
        """\
        project_id = "p"
        zone = "europe-west1-b"
        k8s_versions = {
          min_master_version : "1.35.3-gke.1",
          core_nodes_version : "1.35.4-gke.1",
          notebook_nodes_version : "1.34.4-gke.1",
        }
        core_node_machine_type = "n2-highmem-2"
        core_node_boot_disk = { type = "hyperdisk-balanced" }
        filestores = {}
        notebook_nodes = {
          "plain" : { min : 0, max : 9, machine_type : "n2-highmem-4" },
          "t4" : {
            min : 1,
            max : 9,
            machine_type : "n1-standard-8",
            disk_size_gb : 200,
            gpu : { enabled : true, type : "nvidia-tesla-t4", count : 2 },
            disk_type : "pd-ssd",
            zones : ["europe-west1-b", "europe-west1-c"],
            labels : { "acme.org/for" : "all" },
            taints : [{ key : "acme.org/for", value : "all", effect : "NO_SCHEDULE" }],
            resource_labels : { "community" : "all" },
          },
          "l4" : { min : 0, max : 2, machine_type : "g2-standard-4",
            gpu : { enabled : true, share_gpu : true, shared_clients_per_gpu : 4 } },
        }
        dask_nodes = {
          "plain" : { min : 0, max : 3, machine_type : "n2-highmem-16" },
          "lasting" : { max : 3, preemptible : false, machine_type : "n2-highmem-16", node_version : "1.35" },
        }
        """,
    )
    assert made.infrastructure == {
        "kubernetes_version": "1.35",
        "zones": ["europe-west1-b"],
        "network": PUBLIC,
        "node_pools": {
            "core": {"machine": "n2-highmem-2", "min": 1, "max": 5, "disk": 30},
            "notebooks": {
                "plain": {"machine": "n2-highmem-4", "min": 0, "max": 9},
                "t4": {
                    "machine": "n1-standard-8",
                    "min": 1,
                    "max": 9,
                    "disk": 200,
                    "labels": {"acme.org/for": "all"},
                    "taints": [{"key": "acme.org/for", "value": "all", "effect": "NoSchedule"}],
                    "gpu": {"type": "nvidia-tesla-t4", "count": 2},
                    "zones": ["europe-west1-b", "europe-west1-c"],
                    "tags": {"community": "all"},
                },
                "l4": {"machine": "g2-standard-4", "min": 0, "max": 2, "gpu": {"sharing": 4}},
            },
            "dask": {
                "dask-plain": {"machine": "n2-highmem-16", "min": 0, "max": 3, "spot": True},
                "lasting": {"machine": "n2-highmem-16", "max": 3},
            },
        },
    }
    assert left_out(made) == [
        ("project_id", 1, "write it as `project` under `gcp` in cluster.yaml"),
        ("k8s_versions.min_master_version", 4, "only the minor version is said"),
        ("k8s_versions.notebook_nodes_version", 6, "nodes have the version of the cluster"),
        ("core_node_boot_disk.type", 9, "nodes' disks are of the kind that we make"),
        ("notebook_nodes.t4.disk_type", 19, "nodes' disks are of the kind that we make"),
        ("dask_nodes.lasting.node_version", 30, "nodes have the version of the cluster"),
    ]


def test_google_storage_buckets_permissions_and_budget(path: Path) -> None:
    made = converted(
        path,
        "gcp",
        """\
        enable_private_cluster = true
        enable_network_policy = false
        enable_filestore_backups = true
        filestores = { "old" = { capacity_gb = 2048, tier = "BASIC_HDD" }, "small" = {} }
        persistent_disks = { p = {size = 5, name_suffix = "m"}, b = { size = 5, disable_nfs_backups = true }}
        user_buckets = {
          "scratch" : { "delete_after" : 7, "usage_logs" : true },
          "data" : { "delete_after" : null },
          "Never" : { "delete_after" : 1 },
        }
        bucket_public_access = ["data", "gone"]
        hub_cloud_permissions = {
          "prod" : {
            bucket_admin_access : ["scratch", "Never"],
            bucket_readonly_access : ["data"],
            hub_namespace : "main",
            allow_access_to_external_requester_pays_buckets : true,
          },
          "binder" : { bucket_admin_access : [] },
        }
        budget_alert_enabled = true
        container_repos = ["images"]
        unheard_of = 1
        empty = {}
        """,
    )
    assert made.infrastructure == {
        "network": {"private_nodes": True},
        "home_storage": [
            {"name": "p", "kind": "disk", "size": 5, "snapshots": {"keep": 5}},
            {"name": "b", "kind": "disk", "size": 5, "snapshots": False},
            {"name": "old", "kind": "share", "size": 2048, "snapshots": False},
            {"name": "small", "kind": "share", "size": 1024, "snapshots": False},
        ],
        "buckets": {"scratch": {"delete_after_days": 7}, "data": {"public_read": True}},
        "permissions": {"main": {"read": ["data"], "write": ["scratch"]}},
    }
    assert left_out(made) == [
        ("enable_network_policy", 2, "network policies are always in force"),
        ("enable_filestore_backups", 3, "shares are not copied"),
        ("filestores.old.tier", 4, "a share is of the kind that we make"),
        ("persistent_disks.p.name_suffix", 5, "what is made is called by its key: p"),
        ("user_buckets.scratch.usage_logs", 7, "the use of a bucket is not logged"),
        ("user_buckets.Never", 9, "a name has lower-case letters, digits and `-` only, 40 at most"),
        ("bucket_public_access", 11, "`user_buckets` has no bucket gone"),
        ("hub_cloud_permissions.prod.bucket_admin_access", 14, "`user_buckets` has no bucket Never"),
        (
            "hub_cloud_permissions.prod.allow_access_to_external_requester_pays_buckets",
            17,
            "name a role that has `serviceusage.services.use` under `roles`",
        ),
        ("budget_alert_enabled", 21, "it names no amount; write one as `monthly` under `budget`"),
        ("container_repos", 22, "registries are not built"),
        ("unheard_of", 23, "has no counterpart"),
    ]


def test_google_has_a_filestore_when_the_file_is_silent(path: Path) -> None:
    made = converted(path, "gcp", 'zone = "europe-west1-b"\n')
    assert made.infrastructure["home_storage"] == [
        {"name": "filestore", "kind": "share", "size": 1024, "snapshots": False}
    ]


@pytest.mark.parametrize(
    ("most", "network"),
    [
        (128, PUBLIC),
        (129, {"range": "10.0.0.0/15", **PUBLIC}),
        (256, {"range": "10.0.0.0/15", **PUBLIC}),
        (257, {"range": "10.0.0.0/14", **PUBLIC}),
    ],
)
def test_google_has_addresses_for_as_many_nodes_as_a_pool_may_have(
    path: Path, most: int, network: dict[str, Any]
) -> None:
    text = f'dask_nodes = {{ a : {{ max : {most}, machine_type : "n2-highmem-16" }} }}\n'
    assert converted(path, "gcp", text).infrastructure["network"] == network
