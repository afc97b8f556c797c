"""The variables that Terraform gets for a cluster on Google Cloud, and what can't be had there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.infrastructure import infrastructure
from deployer.fleet.model import Gcp
from deployer.render.tfvars import tfvars
from deployer.render.tfvars.contract import common_variables
from tests.render import fleets
from tests.render.tfvars import asked
from tests.render.tfvars.asked import frozen, refused, variables_of

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster

SMALL = """
infrastructure:
  zones: [us-central1-b]
  node_pools:
    core: {machine: n2-highmem-4}
    notebooks:
      small:
        machine: n2-highmem-8
        tags: {Hub: The Research}
"""
CORE = {"core": {"machine": "n2-highmem-4"}}


def cluster(text: str = SMALL, **changed: Any) -> Cluster:
    """A cluster on Google Cloud with an `infrastructure` block, in which keys are replaced."""
    return asked.cluster(text, "gcp", **changed)


def placed(location: str, **changed: Any) -> Cluster:
    """Such a cluster in a zone or region, without any zones unless they are asked for."""
    made = cluster(SMALL.replace("  zones: [us-central1-b]\n", ""), **changed)
    return replace(made, provider=Gcp(key=None, project="project", cluster="cluster", location=location))


def named(name: str, **changed: Any) -> Cluster:
    return replace(cluster(**changed), name=name)


def pool(**declared: Any) -> dict[str, Any]:
    found: dict[str, Any] = tfvars(cluster(node_pools={**CORE, "gpu": {"g": declared}}))["node_pools"]["g"]
    return found


def test_a_small_cluster() -> None:
    found = tfvars(cluster())
    generations = {name: each.pop("generation") for name, each in found["node_pools"].items()}
    assert set(map(len, generations.values())) == {6}
    assert found == {
        "admins": [],
        "buckets": {},
        "cluster_name": "cluster",
        "cost_export": False,
        "deletion_protection": True,
        "home_storage": {},
        "kubernetes_version": fleets.cluster("gcp").kubernetes_version,
        "labels": {},
        "location": "us-central1",
        "logs": {"keep_days": 30},
        "maintenance": {"days": ["saturday", "sunday"], "hours": 8, "start": "02:00"},
        "name": "gcp",
        "node_pools": {
            "core": {
                "gpu": None,
                "labels": {"hub.jupyter.org/node-purpose": "core"},
                "machine": "n2-highmem-4",
                "max": 20,
                "min": 1,
                "spot": False,
                "tags": {},
                "taints": [],
            },
            "small": {
                "gpu": None,
                "labels": {"hub.jupyter.org/node-purpose": "user"},
                "machine": "n2-highmem-8",
                "max": 20,
                "min": 0,
                "spot": False,
                "tags": {"hub": "the_research"},
                "taints": [{"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NoSchedule"}],
            },
        },
        "permissions": {},
        "project": "project",
        "region": "us-central1",
        "registries": {},
        "support": "standard",
        "zones": ["us-central1-b"],
    }


def test_a_cluster_in_a_zone_has_its_nodes_there() -> None:
    found = tfvars(placed("europe-west4-a"))
    assert (found["location"], found["region"], found["zones"]) == (
        "europe-west4-a",
        "europe-west4",
        ["europe-west4-a"],
    )


@pytest.mark.parametrize(
    ("declared", "gpu"),
    [
        ({"machine": "n1-standard-4"}, None),
        ({"machine": "n1-standard-4", "gpu": {"type": "nvidia-tesla-t4"}}, ("nvidia-tesla-t4", 1, None)),
        (
            {"machine": "n1-standard-8", "gpu": {"type": "nvidia-tesla-t4", "count": 2, "sharing": 4}},
            ("nvidia-tesla-t4", 2, 4),
        ),
        ({"machine": "g2-standard-24"}, ("nvidia-l4", 2, None)),
        ({"machine": "g2-standard-4", "gpu": {"sharing": 2}}, ("nvidia-l4", 1, 2)),
        ({"machine": "a2-ultragpu-1g"}, ("nvidia-a100-80gb", 1, None)),
    ],
)
def test_gpus_are_attached_or_those_of_the_machine_type(
    declared: dict[str, Any], gpu: tuple[str, int, int | None] | None
) -> None:
    found = pool(**declared)["gpu"]
    assert gpu == (None if found is None else (found["type"], found["count"], found.get("sharing")))


def test_other_gpus_are_a_new_generation() -> None:
    machine, kind = "n1-standard-4", "nvidia-tesla-t4"
    generations = [
        pool(machine=machine),
        pool(machine=machine, gpu={"type": kind}),
        pool(machine=machine, gpu={"type": kind, "count": 2}),
        pool(machine=machine, gpu={"type": kind, "sharing": 2}),
    ]
    assert len({each["generation"] for each in generations}) == len(generations)
    assert generations[1]["generation"] == pool(machine=machine, gpu={"type": kind, "count": 1})["generation"]


def test_tags_become_labels() -> None:
    found = tfvars(cluster(tags={"Cost Center": "Physics, R&D", "owner": "ops@example.org"}))
    assert found["labels"] == {"cost_center": "physics__r_d", "owner": "ops_example_org"}


def test_a_range_that_is_wide_enough_is_taken() -> None:
    pools = {"core": {"machine": "n2-highmem-4", "max": 128}}
    assert tfvars(cluster(network={"range": "10.0.0.0/16"}, node_pools=pools))["network"] == {
        "allowed_ranges": ["0.0.0.0/0"],
        "flow_logs": False,
        "private_nodes": True,
        "range": "10.0.0.0/16",
    }


def share(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "homes", "kind": "share", "snapshots": False, **more}]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (placed("us-central1"), "gcp: in which zones of us-central1 are nodes to be?"),
        (cluster(zones=["us-west1-a"]), "gcp: no zone of us-central1: us-west1-a"),
        (cluster(zones=["us-central1"]), "gcp: no zone of us-central1: us-central1"),
        (
            cluster(home_storage=[{"name": "homes", "kind": "disk", "size": 1, "zone": "us-east1-b"}]),
            "gcp: no zone of us-central1: us-east1-b",
        ),
        (
            cluster(node_pools={"core": {"machine": "n2-highmem-4", "zones": ["europe-west1-b"]}}),
            "gcp: no zone of us-central1: europe-west1-b",
        ),
        (
            cluster(node_pools={**CORE, "gpu": {"machine": "n1-standard-4", "gpu": {"count": 1}}}),
            "gcp: node pool gpu: which GPUs do machines of n1-standard-4 have?",
        ),
        (
            cluster(permissions={"research": {}, "a-hub-with-a-rather-long-name": {}}),
            (
                "gcp: service account gcp-a-hub-with-a-rather-long-name: that name has 33 characters; "
                "Google Cloud takes 6 to 30"
            ),
        ),
        (
            named("g", permissions={"lab": {}}),
            "g: service account g-lab: that name has 5 characters; Google Cloud takes 6 to 30",
        ),
        (named("2i2c"), "2i2c: service account 2i2c-nodes: no name on Google Cloud"),
        (
            cluster(permissions={"nodes": {}}),
            "gcp: a hub that is called nodes can't have `permissions`",
        ),
        (
            cluster(node_pools={"core": [{"machine": "n2-highmem-4", "name": "Core"}]}),
            "gcp: node pool Core: no name on Google Cloud",
        ),
        (
            named("a-cluster-of-twenty-four", buckets={"b" * 40: None}),
            (
                f"a-cluster-of-twenty-four: bucket a-cluster-of-twenty-four-{'b' * 40}: "
                "that name has 65 characters; Google Cloud takes 3 to 63"
            ),
        ),
        (cluster(tags={"2nd": "x"}), "gcp: no label of Google Cloud: 2nd: x"),
        (cluster(tags={"owner": "x" * 64}), f"gcp: no label of Google Cloud: owner: {'x' * 64}"),
        (cluster(tags={"Owner": "a", "owner": "b"}), "gcp: two tags become the label owner"),
        (
            cluster(home_storage=share(size=100)),
            "gcp: home storage homes: no size of a share on Google Cloud: 100 GiB",
        ),
        (cluster(home_storage=share()), "gcp: home storage homes: no size of a share on Google Cloud: 0 GiB"),
        (
            cluster(home_storage=share(size=1024, snapshots={"region": "us-east1"})),
            "gcp: home storage homes: copies of a share stay in its region on Google Cloud",
        ),
        (
            cluster(network={"range": "10.0.0.0/20"}),
            "gcp: 10.0.0.0/20 has addresses for 8 nodes, and node pool core wants up to 20",
        ),
        (
            cluster(network={"range": "10.0.0.0/24"}),
            "gcp: 10.0.0.0/24 has addresses for 0 nodes, and node pool core wants up to 20",
        ),
        (
            cluster(node_pools={"core": {"machine": "n2-highmem-4", "max": 129}}),
            "gcp: 10.0.0.0/16 has addresses for 128 nodes, and node pool core wants up to 129",
        ),
        (
            cluster(network={"existing": {"id": "vpc", "private_subnets": ["a", "b"]}}),
            "gcp: a cluster on Google Cloud is in one subnet, which spans the region",
        ),
        (
            cluster(budget={"monthly": 1, "alert_emails": [f"{n}@b.example" for n in range(6)]}),
            "gcp: a budget of Google Cloud has 5 addresses at most",
        ),
    ],
)
def test_what_google_would_refuse_is_refused_at_once(wanted: Cluster, message: str) -> None:
    assert refused(wanted).startswith(message)


def test_a_hub_gets_roles_of_the_project_too() -> None:
    found = tfvars(cluster(permissions={"research": {"roles": ["roles/bigquery.user"]}}))["permissions"]
    assert found["research"]["roles"] == ["roles/bigquery.user"]


def test_a_share_has_daily_copies_unless_told_otherwise() -> None:
    (declared,) = share(size=1024)
    del declared["snapshots"]
    assert tfvars(cluster(home_storage=[declared]))["home_storage"]["homes"]["snapshots"] == {"keep": 7}


ALL: dict[str, Any] = {
    "budget": {"monthly": 1, "alert_emails": ["a@b.example"]},
    "ci": {"github": "example/hubs"},
    "databases": {"main": {"engine": "mysql", "version": "8.4", "machine": "db-f1-micro", "size": 10}},
    "dns": {"zone": "hubs.example.org"},
    "identities": {"nodes": "nodes@project.iam.gserviceaccount.com"},
    "network": {},
    "secrets_key": "projects/keys/locations/us-central1/keyRings/hubs/cryptoKeys/secrets",
    "uptime": {"alert_emails": ["a@b.example"]},
}
OWN = {"cluster_name", "labels", "location", "project", "region", "zones"}
"""What the clouds have under other names, or under the same by themselves."""
OF_A_STEP = {"node_versions", "unprotected"}
"""What a cluster does not declare: steps of an upgrade or of a removal set them."""


def test_every_variable_of_the_module_is_used_and_every_one_given_is_declared(repository: Path) -> None:
    declared, used = variables_of(repository / "terraform" / "gcp")
    assert used == declared
    assert set(tfvars(frozen(cluster(**ALL)))) == declared - OF_A_STEP


def test_variables_have_the_names_that_they_have_on_all_clouds(repository: Path) -> None:
    declared, _ = variables_of(repository / "terraform" / "gcp")
    made = frozen(cluster(**ALL))
    asked_for = infrastructure(made)
    assert asked_for is not None
    assert declared - OWN - OF_A_STEP == set(common_variables(made, asked_for, lambda _: None))
