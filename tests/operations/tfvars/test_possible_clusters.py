"""What no cluster can have is refused; the rest makes clusters of fleets, with files of the real one too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load
from deployer.fleet.node_pools import pools
from deployer.operations.tfvars.conversion import convert
from deployer.render.text import as_yaml
from deployer.render.tfvars import tfvars
from tests.operations.tfvars.converting import converted, problems

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

FLEET = os.environ.get("DEPLOYER_FLEET")


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
    """Return the cluster whose cluster.yaml has the block, in which nothing is refused."""
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
    assert [each for each in found if each.severity == "error"] == []
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
