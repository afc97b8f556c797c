"""The variables that Terraform gets for a cluster on Azure, and what can't be had there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.model import Azure
from deployer.render.tfvars import tfvars
from tests.render import fleets
from tests.render.tfvars import asked
from tests.render.tfvars.asked import frozen, refused, variables_of

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
PROVIDER = Azure(
    key=None, resource_group="group", cluster="cluster", location="westeurope", subscription=SUBSCRIPTION
)
SMALL = """
infrastructure:
  node_pools:
    core: {machine: Standard_E2s_v5}
    notebooks:
      small:
        machine: Standard_E4s_v5
        tags: {Hub: The Research}
"""
CORE = {"core": {"machine": "Standard_E2s_v5"}}
IDENTITY = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
)


def cluster(text: str = SMALL, **changed: Any) -> Cluster:
    """A cluster on Azure with an `infrastructure` block, in which keys are replaced."""
    return replace(asked.cluster(text, "azure", **changed), provider=PROVIDER)


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
        "kubernetes_version": fleets.cluster("azure").kubernetes_version,
        "location": "westeurope",
        "logs": {"keep_days": 30},
        "maintenance": {"days": ["saturday", "sunday"], "hours": 8, "start": "02:00"},
        "name": "azure",
        "node_pools": {
            "core": {
                "labels": {"hub.jupyter.org/node-purpose": "core"},
                "machine": "Standard_E2s_v5",
                "max": 20,
                "min": 1,
                "spot": False,
                "system": True,
                "tags": {},
                "taints": [],
            },
            "small": {
                "labels": {"hub.jupyter.org/node-purpose": "user"},
                "machine": "Standard_E4s_v5",
                "max": 20,
                "min": 0,
                "spot": False,
                "system": False,
                "tags": {"Hub": "The Research"},
                "taints": [
                    {"effect": "NoSchedule", "key": "hub.jupyter.org/dedicated", "value": "user"},
                ],
            },
        },
        "permissions": {},
        "registries": {},
        "resource_group": "group",
        "subscription": SUBSCRIPTION,
        "support": "standard",
        "system_pool": "core",
        "zones": [],
    }


@pytest.mark.parametrize(
    ("key", "provider"),
    [
        ("location", replace(PROVIDER, location=None)),
        ("subscription", replace(PROVIDER, subscription=None)),
    ],
)
def test_a_cluster_that_is_built_says_where(key: str, provider: Azure) -> None:
    told = refused(replace(cluster(), provider=provider))
    assert told == f"azure: in which {key} of Azure is it to be built?"


def test_the_pool_of_the_cluster_itself_stays_the_same_when_others_come() -> None:
    pools = {"b": {"machine": "Standard_E2s_v5"}, "a": {"machine": "Standard_E2s_v5"}}
    assert tfvars(cluster(node_pools={"core": pools}))["system_pool"] == "a"
    pools["core"] = {"machine": "Standard_E2s_v5"}
    assert tfvars(cluster(node_pools={"core": pools}))["system_pool"] == "core"


def test_tags_and_zones_are_as_they_are_said() -> None:
    found = tfvars(cluster(tags={"Owner": "Example Org"}, zones=["1", "3"]))
    assert (found["tags"], found["zones"]) == ({"Owner": "Example Org"}, ["1", "3"])


def test_what_is_everywhere_but_here_does_not_reach_the_module() -> None:
    assert tfvars(cluster(buckets={"data": {"requester_pays": False}}))["buckets"] == {
        "data": {"public_read": False, "readers": [], "versioning": False}
    }


DATABASE = {"engine": "postgresql", "version": "17", "machine": "B_Standard_B1ms", "size": 32}
MYSQL = {**DATABASE, "engine": "mysql"}
NOT_HAD: dict[str, tuple[dict[str, Any], str]] = {
    "tag": ({"tags": {"a/b": "c"}}, "no name of a tag on Azure"),
    "zone": ({"zones": ["westeurope-1"]}, "zones of Azure are numbers"),
    "zone of a pool": (
        {"node_pools": {"core": {"machine": "m", "zones": ["1"]}}},
        "`zones` does not say that the cluster has any",
    ),
    "subnets": (
        {"network": {"existing": {"id": "/subscriptions/n", "private_subnets": ["a", "b"]}}},
        "a cluster on Azure is in one subnet",
    ),
    "narrow": ({"network": {"range": "10.0.0.0/28"}}, "too few addresses for nodes"),
    "no range": ({"network": {"range": "10.0.0.1/16"}}, "has host bits set"),
    "pods": ({"network": {"range": "10.240.0.0/12"}}, "which pods and services have"),
    "pool": ({"node_pools": {**CORE, "dask": {"1st": {"machine": "m"}}}}, "begin with a small letter"),
    "gpu": (
        {"node_pools": {**CORE, "gpu": {"machine": "m", "gpu": {"sharing": 2}}}},
        "machines of Azure have GPUs of their own",
    ),
    "spot": ({"node_pools": {"core": {"machine": "m", "spot": True}}}, "AKS itself runs there"),
    "empty": ({"node_pools": {"core": {"machine": "m", "min": 0}}}, "AKS itself runs there"),
    "taint": (
        {"node_pools": {"core": {"machine": "m", "taints": [{"key": "a"}]}}},
        "the pool that AKS itself runs on can't have taints",
    ),
    "no core": ({"node_pools": {"notebooks": {"machine": "m"}}}, "AKS itself needs nodes"),
    "small share": (
        {"home_storage": [{"name": "h", "kind": "share", "size": 50, "snapshots": False}]},
        "a share of Azure has a `size` of 100 GiB or more",
    ),
    "copies of a share": (
        {"home_storage": [{"name": "h", "kind": "share", "size": 100}]},
        "nothing makes daily copies of an NFS share on Azure",
    ),
    "copies elsewhere": (
        {"home_storage": [{"name": "h", "kind": "disk", "size": 100, "snapshots": {"region": "x"}}]},
        "snapshots of disks stay in their region",
    ),
    "short bucket": ({"buckets": {"ab": {}}}, "Azure wants 3 to 63 small letters"),
    "bucket": ({"buckets": {"a--b": {}}}, "Azure wants 3 to 63 small letters"),
    "payer": ({"buckets": {"data": {"requester_pays": True}}}, "it is always the owner who pays"),
    "size": ({"databases": {"d": {**DATABASE, "size": 40}}}, "postgresql has a `size` of 32, 64"),
    "size of mysql": ({"databases": {"d": {**MYSQL, "size": 10}}}, "mysql has a `size` of 20 to 16384"),
    "backups": ({"databases": {"d": {**DATABASE, "keep_backups": 3}}}, "kept for 7 to 35 days"),
    "cheap": ({"databases": {"d": {**DATABASE, "high_availability": True}}}, "have no `high_availability`"),
    "users": (
        {"databases": {"d": MYSQL}, "permissions": {"a": {"databases": ["d"]}, "b": {"databases": ["d"]}}},
        "on Azure one hub signs in to mysql, and these ask: a, b",
    ),
    "logs": ({"logs": {"keep_days": 7}}, "Azure keeps logs for 30 to 730 days"),
    "key": ({"secrets_key": "key"}, "`secrets_key` is no id of a key with its version on Azure"),
    "identity": ({"identities": {"nodes": "n", "cluster": IDENTITY}}, "`identities.nodes` is no id"),
    "one identity": ({"identities": {"cluster": IDENTITY}}, "say `identities.nodes` too"),
    "cname": (
        {"dns": {"zone": "z", "records": [{"name": "a", "type": "CNAME", "values": ["b", "c"]}]}},
        "a CNAME has one value",
    ),
}


@pytest.mark.parametrize(("changed", "words"), NOT_HAD.values(), ids=NOT_HAD)
def test_what_azure_does_not_take_is_refused_before_anything_is_made(
    changed: dict[str, Any], words: str
) -> None:
    assert words in refused(cluster(**changed))


def test_names_that_would_be_too_long_are_refused() -> None:
    name, group, database, disk = "c" * 45, "g" * 31, "d" * 13, "e" * 35
    storage = [{"name": disk, "kind": "disk", "size": 8}]
    long = replace(cluster(databases={database: DATABASE}, home_storage=storage), name=name)
    assert refused(replace(long, provider=replace(PROVIDER, resource_group=group))).splitlines() == [
        f"{name}: resource group {group}-{name}-nodes: that name has 83 characters; Azure takes 80",
        f"{name}: backup vault {name}-homes: that name has 51 characters; Azure takes 50",
        f"{name}: disk {name}-{disk}: that name has 81 characters; Azure takes 80",
        f"{name}: database {name}-{database}-000000: that name has 66 characters; Azure takes 63",
    ]


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = refused(cluster(logs={"keep_days": 7}, buckets={"ab": {}}))
    assert len(told.splitlines()) == 2


def test_the_module_declares_what_it_is_given_and_uses_what_it_declares(repository: Path) -> None:
    declared, used = variables_of(repository / "terraform/azure")
    assert declared == used
    everything = cluster(
        budget={"monthly": 1, "alert_emails": ["a@example.org"]},
        ci={"github": "a/b"},
        databases={"d": DATABASE},
        dns={"zone": "example.org"},
        identities={"cluster": IDENTITY, "nodes": IDENTITY},
        network={},
        secrets_key="https://v.vault.azure.net/keys/k/0123456789abcdef0123456789abcdef",
        tags={"a": "b"},
        uptime={"alert_emails": ["a@example.org"]},
    )
    everything = frozen(everything)
    assert declared - set(tfvars(everything)) == {"node_versions", "unprotected"}
    assert set(tfvars(everything)) <= declared
