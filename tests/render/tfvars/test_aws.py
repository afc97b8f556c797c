"""The variables that Terraform gets for a cluster on AWS, and what those of all clouds have in common."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.limits.aws_names import ROLES
from deployer.render.tfvars import tfvars
from tests.render import fleets
from tests.render.tfvars import asked
from tests.render.tfvars.asked import refused, variables_of

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster

SMALL = """
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
    notebooks:
      small:
        machine: r6i.xlarge
        labels: {size: small}
        taints: [{key: size, value: small, effect: NoSchedule}]
"""

SET_BY_THE_DRIVER = {"node_versions", "unprotected"}
"""Variables that are nobody's wish: they have a value for one step of a change."""


def cluster(text: str, **changed: Any) -> Cluster:
    """A cluster on AWS with an `infrastructure` block, in which keys are replaced."""
    return asked.cluster(text, "aws", **changed)


def test_a_small_cluster() -> None:
    found = tfvars(cluster(SMALL))
    generations = {name: pool.pop("generation") for name, pool in found["node_pools"].items()}
    assert set(map(len, generations.values())) == {6}
    assert found == {
        "account": "012345678901",
        "admins": [],
        "buckets": {},
        "cluster_name": "cluster",
        "cost_export": False,
        "deletion_protection": True,
        "home_storage": {},
        "kubernetes_version": fleets.cluster("aws").kubernetes_version,
        "logs": {"keep_days": 30},
        "name": fleets.cluster("aws").name,
        "node_pools": {
            "core": {
                "arch": "amd64",
                "gpu": False,
                "labels": {"hub.jupyter.org/node-purpose": "core"},
                "machine": "r6i.large",
                "max": 20,
                "min": 1,
                "spot": False,
                "tags": {},
                "taints": [],
            },
            "small": {
                "arch": "amd64",
                "gpu": False,
                "labels": {"hub.jupyter.org/node-purpose": "user", "size": "small"},
                "machine": "r6i.xlarge",
                "max": 20,
                "min": 0,
                "spot": False,
                "tags": {},
                "taints": [
                    {"key": "size", "value": "small", "effect": "NoSchedule"},
                    {"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NoSchedule"},
                ],
            },
        },
        "permissions": {},
        "region": "us-west-2",
        "registries": {},
        "support": "standard",
        "zones": ["us-west-2a", "us-west-2b"],
    }


def test_storage_buckets_and_permissions() -> None:
    found = tfvars(
        cluster(
            SMALL,
            home_storage=[
                {"name": "homes", "kind": "disk", "size": 100},
                {"name": "common", "kind": "share", "snapshots": False},
                {"name": "kept", "kind": "disk", "size": 1, "snapshots": {"keep": 30}, "zone": "us-west-2b"},
            ],
            buckets={"scratch": {"delete_after_days": 7}, "plain": None},
            permissions={"research": {"write": ["scratch"]}},
        )
    )
    assert found["home_storage"] == {
        "homes": {"kind": "disk", "size": 100, "snapshots": {"keep": 7}},
        "common": {"kind": "share"},
        "kept": {"kind": "disk", "size": 1, "snapshots": {"keep": 30}, "zone": "us-west-2b"},
    }
    assert found["buckets"]["scratch"]["delete_after_days"] == 7
    assert found["buckets"]["plain"] == {}
    assert found["permissions"] == {
        "research": {
            "databases": [],
            "push": [],
            "read": [],
            "roles": [],
            "service_account": "user-sa",
            "write": ["scratch"],
        }
    }


def generation(**changed: Any) -> str:
    pool = {"machine": "r6i.xlarge", **changed}
    pools = {"core": {"machine": "r6i.large"}, "notebooks": {"small": pool}}
    found: str = tfvars(cluster(SMALL, node_pools=pools))["node_pools"]["small"]["generation"]
    return found


@pytest.mark.parametrize("changed", [{"machine": "r6i.2xlarge"}, {"spot": True}, {"zones": ["us-west-2b"]}])
def test_nodes_that_have_to_be_other_ones_are_a_new_generation(changed: dict[str, Any]) -> None:
    assert generation(**changed) != generation()


@pytest.mark.parametrize("changed", [{"max": 5}, {"labels": {"a": "b"}}, {"disk": 200}, {"tags": {"a": "b"}}])
def test_what_changes_in_place_is_no_new_generation(changed: dict[str, Any]) -> None:
    assert generation(**changed) == generation()


def test_nodes_move_with_the_first_zone() -> None:
    """A pool without zones of its own is there: its nodes have to be other ones."""
    pools = [
        tfvars(cluster(SMALL, zones=zones))["node_pools"]["core"]["generation"]
        for zones in (["us-west-2a", "us-west-2b"], ["us-west-2b", "us-west-2a"])
    ]
    assert pools[0] != pools[1]


def test_machines_with_arm_processors_are_known() -> None:
    pools = {"core": {"machine": "m7g.large"}}
    assert tfvars(cluster(SMALL, node_pools=pools))["node_pools"]["core"]["arch"] == "arm64"


def test_machines_with_gpus_are_known() -> None:
    pools = {"core": {"machine": "r6i.large"}, "gpu": {"t4": {"machine": "g4dn.xlarge"}}}
    assert tfvars(cluster(SMALL, node_pools=pools))["node_pools"]["t4"]["gpu"] is True


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (cluster("{}"), "aws has no `infrastructure`: somebody else made it"),
        (
            asked.cluster(SMALL, "kubeconfig"),
            "kubeconfig: infrastructure can be built on `aws`, `azure` and `gcp` only",
        ),
        (cluster(SMALL, zones=["us-west-2a"]), "aws: EKS wants subnets in two zones at least"),
        (cluster(SMALL, node_pools={}), "aws: no node pools"),
        (
            cluster(SMALL, node_pools={"notebooks": [{"machine": "r6i.large"}, {"machine": "r6i.xlarge"}]}),
            "aws: two node pools are called notebooks",
        ),
        (
            cluster(SMALL, node_pools={"core": {"machine": "r6i.large", "min": 3, "max": 2}}),
            "aws: node pool core: `max` is less than `min`",
        ),
        (
            cluster(SMALL, permissions={"research": {"write": ["scratch"]}}),
            "aws: permissions of research: nothing of that name in `buckets`: scratch",
        ),
    ],
)
def test_what_can_not_be_built_is_refused(wanted: Cluster, message: str) -> None:
    assert refused(wanted) == message


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"zones": ["us-east-1a", "us-west-2b"]}, "zone us-east-1a is none of us-west-2"),
        ({"zones": [f"us-west-2{letter}" for letter in "abcde"]}, "a new network has room for 4 zones"),
        ({"network": {"range": "10.0.0.1/16"}}, "`network.range`: 10.0.0.1/16 has host bits set"),
        ({"network": {"range": "10.0.0.0/24"}}, "`network.range`: 10.0.0.0/24 should be between /16 and /22"),
        ({"network": {"allowed_ranges": ["999.0.0.0/8"]}}, "`network.allowed_ranges`: Octet 999"),
        (
            {"network": {"existing": {"id": "vpc-1", "private_subnets": ["subnet-1"]}}},
            "`network.existing.private_subnets` has 1, and there are 2 `zones`",
        ),
        (
            {
                "network": {
                    "existing": {"id": "vpc-1", "private_subnets": ["subnet-1", "subnet-2"]},
                    "private_nodes": False,
                }
            },
            "`network.private_nodes: false` needs `network.existing.public_subnets`",
        ),
        (
            {"node_pools": {"core": {"machine": "r6i.large", "zones": ["us-west-2c"]}}},
            "node pool core: zone us-west-2c is not in `infrastructure.zones`",
        ),
        (
            {"node_pools": {"notebooks": {"a" * 52: {"machine": "r6i.large"}}}},
            f"node pool {'a' * 52}: EKS takes 51 characters at most",
        ),
        (
            {"node_pools": {"notebooks": {"gross & klein": {"machine": "r6i.large"}}}},
            "node pool gross & klein: EKS takes letters",
        ),
        (
            {"node_pools": {"core": {"machine": "r6i.large", "taints": [{"key": "a"}]}}},
            "node pool core: taint a needs an `effect`",
        ),
        (
            {"home_storage": [{"name": "homes", "kind": "share"}, {"name": "homes", "kind": "share"}]},
            "`home_storage`: 2 are called homes",
        ),
        (
            {"home_storage": [{"name": "homes", "kind": "disk", "size": 1, "zone": "us-west-2d"}]},
            "home storage homes: zone us-west-2d is not in `infrastructure.zones`",
        ),
        (
            {"buckets": {"scratch": {"archive_after_days": 7, "delete_after_days": 7}}},
            "bucket scratch: `archive_after_days` has to be less than `delete_after_days`",
        ),
        ({"permissions": {"nodes": {}}}, "permissions of nodes: aws-nodes is a role of the cluster's own"),
        ({"permissions": {"*": {}}}, "permissions of *: no hub can have this name"),
        ({"permissions": {"h" * 61: {}}}, f"role aws-{'h' * 61}: IAM takes 64 characters at most"),
    ],
)
def test_what_aws_would_refuse_is_told_before(changed: dict[str, Any], message: str) -> None:
    found = refused(cluster(SMALL, **changed))
    assert found.startswith(f"aws: {message}")
    assert "\n" not in found


def test_a_bucket_is_refused_whose_name_a_long_one_of_the_cluster_makes_too_long() -> None:
    name = "a-cluster-of-twenty-four"
    asked = replace(cluster(SMALL, buckets={"b" * 40: {}}), name=name)
    assert refused(asked) == f"{name}: bucket {name}-{'b' * 40}: S3 takes 63 characters at most"


def test_what_the_schema_refuses_is_refused_before_anything_is_made_of_it() -> None:
    assert (
        refused(cluster(SMALL, databases=3)) == "aws: `infrastructure.databases` must be a map, not a number"
    )


def test_all_that_aws_would_refuse_is_told_at_once() -> None:
    found = refused(cluster(SMALL, zones=["us-east-1a", "us-east-1b"], permissions={"nodes": {}}))
    assert [line.partition(" ")[2].split()[0] for line in found.splitlines()] == [
        "zone",
        "zone",
        "permissions",
    ]


def test_the_roles_of_the_module_are_known(repository: Path) -> None:
    files = (repository / "terraform" / "aws").glob("*.tf")
    made = [
        re.findall(
            r'^resource "aws_iam_role" .*?name += "\$\{var\.name\}-([a-z-]+)"', each.read_text(), re.M | re.S
        )
        for each in files
    ]
    assert sorted(role for roles in made for role in roles) == sorted(ROLES)


def test_every_variable_of_the_module_is_used_and_every_one_given_is_declared(repository: Path) -> None:
    declared, used = variables_of(repository / "terraform" / "aws")
    everything = cluster(
        SMALL,
        budget={"monthly": 1, "alert_emails": ["a@b.example"]},
        ci={"github": "example/hubs"},
        databases={},
        dns={"zone": "hubs.example.org"},
        identities={},
        maintenance={},
        network={},
        secrets_key="arn:aws:kms:us-west-2:012345678901:key/1",
        tags={},
        uptime={"alert_emails": ["a@b.example"]},
    )
    assert used == declared
    assert set(tfvars(everything)) == declared - SET_BY_THE_DRIVER
