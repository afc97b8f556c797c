"""The variables that Terraform gets for a cluster on AWS, and what those of all clouds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

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


def cluster(text: str, **changed: Any) -> Cluster:
    """A cluster on AWS with an `infrastructure` block, in which keys are replaced."""
    return asked.cluster(text, "aws", **changed)


def test_a_small_cluster() -> None:
    found = tfvars(cluster(SMALL))
    generations = {name: pool.pop("generation") for name, pool in found["node_pools"].items()}
    assert set(map(len, generations.values())) == {6}
    assert found == {
        "account": "012345678901",
        "buckets": {},
        "cluster_name": "cluster",
        "home_storage": {},
        "kubernetes_version": fleets.cluster("aws").kubernetes_version,
        "name": fleets.cluster("aws").name,
        "node_pools": {
            "core": {
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
        "research": {"read": [], "roles": [], "service_account": "user-sa", "write": ["scratch"]}
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


def test_machines_with_gpus_are_known() -> None:
    pools = {"core": {"machine": "r6i.large"}, "gpu": {"t4": {"machine": "g4dn.xlarge"}}}
    assert tfvars(cluster(SMALL, node_pools=pools))["node_pools"]["t4"]["gpu"] is True


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (cluster("{}"), "aws has no `infrastructure`: somebody else made it"),
        (
            asked.cluster(SMALL, "kubeconfig"),
            "kubeconfig: infrastructure can be built on `aws` and `gcp` only so far",
        ),
        (cluster(SMALL, zones=["us-west-2a"]), "aws: EKS wants subnets in two zones at least"),
        (cluster(SMALL, node_pools={}), "aws has no node pools"),
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
            "permissions of research: no such bucket: scratch",
        ),
    ],
)
def test_what_can_not_be_built_is_refused(wanted: Cluster, message: str) -> None:
    assert refused(wanted) == message


def test_every_variable_of_the_module_is_used_and_every_one_given_is_declared(repository: Path) -> None:
    declared, used = variables_of(repository / "terraform" / "aws")
    everything = cluster(SMALL, budget={"monthly": 1, "alert_emails": ["a@b.example"]}, network={}, tags={})
    assert used == declared
    assert set(tfvars(everything)) == declared
