"""Names that the modules make of others: too long, or those of the cluster's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deployer.fleet.keypath import shown
from deployer.fleet.limits import limits
from deployer.fleet.limits.aws_names import ROLES
from tests.fleet.limits.asking import SMALL, cluster, told

DATABASE = {"engine": "postgresql", "version": "17", "size": 64}
MACHINES = {"aws": "db.t4g.small", "azure": "GP_Standard_D2ds_v5", "gcp": "db-custom-2-7680"}
SHARE = {"name": "homes", "kind": "share"}
DISK = {"name": "homes", "kind": "disk", "size": 512}
NODES = {"nodes": "nodes@project.iam.gserviceaccount.com"}


def of(cloud: str, length: int, **changed: Any) -> list[str]:
    """Return where and of what something is told of a cluster whose name has so many characters."""
    named = replace(cluster(cloud, **changed), name="c" * length)
    return [f"{shown(each.at)}: {each.message.split()[0]}" for each in limits(named)]


@pytest.mark.parametrize(
    ("cloud", "most", "changed", "place"),
    [
        ("aws", 52, {}, "name: role"),
        ("aws", 44, {"home_storage": [{**SHARE, "name": "h"}]}, "name: vault"),
        ("aws", 44, {"home_storage": [SHARE]}, "home_storage[0].name: backups"),
        ("aws", 49, {"databases": {"d" * 13: DATABASE}}, f"databases.{'d' * 13}: database"),
        ("aws", 49, {"buckets": {"b" * 13: None}}, f"buckets.{'b' * 13}: bucket"),
        ("azure", 44, {"home_storage": [{**DISK, "name": "h"}]}, "name: backup"),
        (
            "azure",
            46,
            {"home_storage": [{**DISK, "name": "h" * 33, "snapshots": False}]},
            "home_storage[0].name: disk",
        ),
        ("azure", 46, {"databases": {"d" * 9: DATABASE}}, f"databases.{'d' * 9}: database"),
        ("gcp", 24, {}, "name: service"),
        ("gcp", 24, {"permissions": {"hubs5": {}}, "identities": NODES}, "permissions.hubs5: service"),
        ("gcp", 27, {"ci": {"github": "a/b"}, "identities": NODES}, "name: service"),
        ("gcp", 26, {"dns": {"zone": "example.org"}, "identities": NODES}, "name: service"),
        ("gcp", 23, {"databases": {"d" * 39: DATABASE}}, f"databases.{'d' * 39}: database"),
        ("gcp", 23, {"registries": {"r" * 39: None}}, f"registries.{'r' * 39}: registry"),
        ("gcp", 23, {"buckets": {"b" * 39: None}}, f"buckets.{'b' * 39}: bucket"),
    ],
)
def test_names_have_so_many_characters_at_most(
    cloud: str, most: int, changed: dict[str, Any], place: str
) -> None:
    key, _, _ = place.partition(":")
    if "databases" in changed:
        changed = {
            "databases": {
                name: {**each, "machine": MACHINES[cloud]} for name, each in changed["databases"].items()
            }
        }
    expected = place if key == "name" else f"infrastructure.{place}"
    assert expected not in of(cloud, most, **changed)
    assert expected in of(cloud, most + 1, **changed)


@pytest.mark.parametrize(("cloud", "storage"), [("aws", SHARE), ("azure", DISK)])
def test_what_is_not_copied_needs_no_vault(cloud: str, storage: dict[str, Any]) -> None:
    assert of(cloud, 45, home_storage=[{**storage, "name": "h", "snapshots": False}]) == []


@pytest.mark.parametrize(
    ("cloud", "hub"),
    [*(("aws", role) for role in ROLES), *(("gcp", each) for each in ("ci", "dns", "nodes"))],
)
def test_no_hub_gets_what_is_the_clusters_own(cloud: str, hub: str) -> None:
    (found,) = told(cloud, permissions={hub: {}})
    assert found.startswith(f"permissions.{hub}: ")


def test_on_azure_hubs_have_names_of_their_own() -> None:
    assert told("azure", permissions={"ci": {}, "dns": {}}) == []


@pytest.mark.parametrize("cloud", SMALL)
@pytest.mark.parametrize(
    ("changed", "clashes"),
    [
        ({"buckets": {"logs": None}, "logs": {"export_days": 30}}, True),
        ({"buckets": {"logs": None}}, False),
        ({"buckets": {"costs": None}, "cost_export": True}, True),
        ({"buckets": {"costs": None}}, False),
    ],
)
def test_buckets_of_the_clusters_own_keep_their_names(
    cloud: str, changed: dict[str, Any], clashes: bool
) -> None:
    assert len(told(cloud, **changed)) is int(clashes)


@pytest.mark.parametrize("cloud", ["aws", "azure"])
@pytest.mark.parametrize(("name", "taken"), [("big-1-34", False), ("big-1", True), ("big-1-x", True)])
def test_no_pool_is_called_as_an_upgrade_calls_new_nodes(cloud: str, name: str, taken: bool) -> None:
    machine = {"aws": "r6i.large", "azure": "Standard_D4s_v5"}[cloud]
    pools = {"core": {"machine": machine}, "notebooks": {name: {"machine": machine}}}
    found = told(cloud, node_pools=pools)
    told_of = [each.partition(": an upgrade")[0] for each in found]
    assert told_of == ([] if taken else [f"node_pools.notebooks.{name}: node pool {name}"])


def test_google_upgrades_pools_in_place() -> None:
    pools = {"core": {"machine": "n2-highmem-4"}, "notebooks": {"big-1-34": {"machine": "n2-highmem-4"}}}
    assert told("gcp", node_pools=pools) == []


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"team": "x" * 256}, None),
        ({"team": "x" * 257}, "team: tag team: Azure takes 256 characters of a value"),
        ({"t" * 129: "x"}, f"{'t' * 129}: no name of a tag on Azure: {'t' * 129}"),
        ({"a/b": "x"}, "a/b: no name of a tag on Azure: a/b"),
    ],
)
def test_tags_are_such_as_azure_takes_on_pools_too(tags: dict[str, str], message: str | None) -> None:
    pools = {"core": {"machine": "Standard_D4s_v5", "tags": tags}}
    everywhere = [f"tags.{message}", f"node_pools.core.tags.{message}"] if message else []
    assert told("azure", tags=tags, node_pools=pools) == everywhere
