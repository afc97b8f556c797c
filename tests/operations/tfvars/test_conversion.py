"""Blocks that .tfvars files become, each kind of value by a text of its own; and the real fleet's files."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from deployer.errors import DeployerError
from deployer.fleet.load import load
from deployer.fleet.node_pools import pools
from deployer.fleet.schema_files import whole
from deployer.operations.tfvars.conversion import Conversion, convert
from deployer.render.text import as_yaml
from deployer.render.tfvars import tfvars

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

PUBLIC = {"private_nodes": False}
FLEET = os.environ.get("DEPLOYER_FLEET")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.tfvars"


def converted(path: Path, provider: str, text: str) -> Conversion:
    path.write_text(dedent(text), encoding="utf-8")
    made = convert(path, provider)
    assert not problems(made.infrastructure)
    assert not list(Draft7Validator(whole("import-tfvars")).iter_errors(made.plain()))
    return made


def problems(block: dict[str, Any]) -> list[str]:
    schema = whole("cluster")["properties"]["infrastructure"]
    return [error.message for error in Draft7Validator(schema).iter_errors(block)]


def left_out(made: Conversion) -> list[tuple[str, int, str]]:
    return [(each.key, each.line, each.reason) for each in made.left_out]


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


def test_azure_nodes_of_users_had_larger_disks_once(path: Path) -> None:
    made = converted(path, "azure", 'user_node_pools = { a : { vm_size : "Standard_E8s_v5" } }\n')
    assert made.infrastructure["node_pools"] == {
        "notebooks": {"a": {"machine": "Standard_E8s_v5", "disk": 200}}
    }


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


@pytest.mark.parametrize(
    ("provider", "text", "message"),
    [
        ("gcp", "notebook_nodes = {\n a : {}\n}", ":2: `notebook_nodes.a` has no `machine_type`"),
        ("gcp", "notebook_nodes = []", ":1: `notebook_nodes` must be a map"),
        ("gcp", "notebook_nodes = { a : 1 }", ":1: `notebook_nodes.a` must be a map"),
        ("gcp", "\nzone = [1]", ":2: `zone` must be text"),
        ("gcp", 'enable_private_cluster = "yes"', ":1: `enable_private_cluster` must be `true` or `false`"),
        ("gcp", "persistent_disks = { a = {} }", ":1: `persistent_disks.a` has no `size`"),
        (
            "gcp",
            "persistent_disks = { a = { size = 0 } }",
            ":1: `persistent_disks.a.size` must be a whole number, 1 at least",
        ),
        (
            "gcp",
            "user_buckets = { a = { delete_after = 1.5 } }",
            ":1: `user_buckets.a.delete_after` must be a whole number, 0 at least",
        ),
        ("gcp", 'bucket_public_access = "a"', ":1: `bucket_public_access` must be a list of texts"),
        (
            "aws",
            'budget_alerts = { a : { max_cost : "much" } }',
            ":1: `budget_alerts.a.max_cost` must be a number above 0",
        ),
        (
            "gcp",
            'notebook_nodes = { a : { machine_type : "m", labels : { b : [] } } }',
            ":1: `notebook_nodes.a.labels` must be a map of texts",
        ),
        (
            "gcp",
            'notebook_nodes = { a : { machine_type : "m", taints : {} } }',
            ":1: `notebook_nodes.a.taints` must be a list",
        ),
        (
            "azure",
            'user_node_pools = { a : { vm_size : "m", taints : ["b"] } }',
            ":1: `user_node_pools.a` has a taint that is not `key=value:effect`: b",
        ),
        (
            "azure",
            'node_pools = { user : [{ vm_size : "m", name : "a" }, { vm_size : "m", name : "a" }] }',
            ":1: `node_pools.user.1` is a second pool that is called a",
        ),
        ("azure", "node_pools = { user : [{}] }", ":1: `node_pools.user.0` has no `vm_size`"),
        ("gcp", 'location = "here"', ": none of its variables are of the modules for gcp"),
        ("aws", "", ": none of its variables are of the modules for aws"),
    ],
)
def test_what_no_cluster_can_have_is_refused(path: Path, provider: str, text: str, message: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeployerError) as caught:
        convert(path, provider)
    assert caught.value.message == f"{path}{message}"


def test_two_entries_of_one_hub_are_refused(path: Path) -> None:
    path.write_text(
        "user_buckets = { x = {} }\nhub_cloud_permissions = {\n"
        ' a = { hub_namespace = "b", bucket_admin_access = ["x"] }\n b = { bucket_admin_access = ["x"] }\n}',
        encoding="utf-8",
    )
    with pytest.raises(DeployerError) as caught:
        convert(path, "gcp")
    assert caught.value.message == f"{path}:4: `hub_cloud_permissions.b` is a second entry of the hub b"


def test_what_the_schema_refuses_is_refused(path: Path) -> None:
    path.write_text(
        'notebook_nodes = { a : { machine_type : "m", taints : [{ key : "k", effect : "MAYBE" }] } }',
        encoding="utf-8",
    )
    with pytest.raises(DeployerError) as caught:
        convert(path, "gcp")
    assert caught.value.message == (
        f"{path}: what it says is not possible\n  node_pools.notebooks.a.taints[0].effect: "
        "'MAYBE' is not one of ['NoSchedule', 'PreferNoSchedule', 'NoExecute']"
    )


PROVIDERS = {
    "gcp": {"project": "p", "cluster": "alps"},
    "aws": {"account": "123456789012", "clusterName": "alps", "region": "us-west-2"},
    "azure": {"resource_group": "r", "cluster": "alps"},
}


def in_a_fleet(root: Path, provider: str, block: dict[str, Any]) -> Cluster:
    """Return the cluster whose cluster.yaml has the block, with which nothing is wrong."""
    own = {**PROVIDERS[provider], **({"zone": block["zones"][0]} if provider == "gcp" else {})}
    said = {
        "schema": 2,
        "name": "alps",
        "provider": provider,
        provider: own,
        "kubernetes_version": "1.35",
        "infrastructure": block,
        "hubs": [],
    }
    directory = root / "config/clusters/alps"
    directory.mkdir(parents=True)
    (directory / "cluster.yaml").write_text(as_yaml(said, sort=False), encoding="utf-8")
    fleet, found = load(root)
    assert not found
    return fleet.clusters[0]


def test_with_a_second_zone_and_pools_a_block_is_what_terraform_takes(path: Path, tmp_path: Path) -> None:
    text = """\
        cluster_nodes_location = "us-west-2a"
        user_buckets = { "scratch" : { "delete_after" : 7 } }
        hub_cloud_permissions = { "prod" : { bucket_admin_access : ["scratch"] } }
        """
    block = converted(path, "aws", text).infrastructure
    block["zones"].append("us-west-2b")
    block["node_pools"] = {"core": {"machine": "r6i.large"}}
    variables = tfvars(in_a_fleet(tmp_path, "aws", block))
    assert variables["buckets"]["scratch"]["delete_after_days"] == 7
    assert variables["permissions"]["prod"]["write"] == ["scratch"]


@pytest.mark.skipif(FLEET is None, reason="DEPLOYER_FLEET names no real fleet")
def test_every_file_of_the_real_fleet_converts(tmp_path: Path) -> None:
    found = sorted((Path(FLEET or "") / "terraform").glob("*/projects/*.tfvars"))
    assert len(found) == 14
    for path in found:
        made = convert(path, path.parent.parent.name)
        assert not problems(made.infrastructure)
        cluster = in_a_fleet(tmp_path / path.stem, path.parent.parent.name, made.infrastructure)
        names = [pool.name for pool in pools(cluster)]
        assert len(names) == len(set(names))
        if path.parent.parent.name == "gcp":
            assert tfvars(cluster)["kubernetes_version"] == "1.35"
        lines = path.read_text(encoding="utf-8").splitlines()
        for each in made.left_out:
            assert each.key.rpartition(".")[2] in lines[each.line - 1]
