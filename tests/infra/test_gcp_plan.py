"""What Terraform would make on Google Cloud of three clusters, and what it would do to them later.

After an intended change: `pytest tests/infra/test_gcp_plan.py -m integration --update-golden`, and read the
difference. Nothing is made: what Google says to all that is not proven here.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.operations.infra.changes import changes, guarded
from deployer.operations.infra.unprotect import belt
from tests.infra.gcp.offline import Root, any_root, told, variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.golden.comparison import Golden

pytestmark = pytest.mark.integration

CLUSTERS = sorted((Path(__file__).parent / "gcp/clusters").glob("*/cluster.yaml"))
RICH = Path(__file__).parent / "gcp/clusters/rich/cluster.yaml"
NETWORK = "projects/rich-hubs/global/networks/rich"
SUBNET = "projects/rich-hubs/regions/us-central1/subnetworks/rich-nodes"
CLUSTER = "projects/rich-hubs/locations/us-central1/clusters/rich-prod"
POOL = 'google_container_node_pool.pool["small"]'
DISK = 'google_compute_disk.homes["homes"]'
KNOWN: dict[str, dict[str, Any]] = {
    "google_compute_network.cluster[0]": {"id": NETWORK},
    "google_compute_subnetwork.nodes[0]": {"id": SUBNET, "network": NETWORK},
    "google_container_cluster.cluster": {
        "endpoint": "192.0.2.1",
        "id": CLUSTER,
        "network": NETWORK,
        "subnetwork": SUBNET,
    },
    POOL: {"id": f"{CLUSTER}/nodePools/small", "cluster": CLUSTER},
    DISK: {"id": "projects/rich-hubs/zones/us-central1-b/disks/rich-homes", "licenses": []},
    'google_storage_bucket.bucket["scratch"]': {"id": "rich-scratch"},
    'google_storage_bucket.bucket["data"]': {"id": "rich-data"},
}
"""What Google would have said of resources that are there already."""


@pytest.fixture(params=["terraform", "tofu"])
def root(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> Root:
    """The module, ready to plan."""
    return Root(request.param, repository, tmp_path)


@pytest.fixture
def one_root(repository: Path, tmp_path: Path) -> Root:
    """The module, ready to plan by one of the programs: that both plan the same is proven above."""
    return any_root(repository, tmp_path)


@pytest.fixture
def rich(tmp_path: Path) -> dict[str, Any]:
    """The variables of a cluster that has everything."""
    return variables(RICH, tmp_path / "fleet")


def test_the_module_is_valid(root: Root) -> None:
    root.run("validate")


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.parent.name)
def test_what_is_planned_is_what_it_was(cluster: Path, root: Root, tmp_path: Path, golden: Golden) -> None:
    plan = root.plan(variables(cluster, tmp_path / "fleet"))
    assert {change.kind for change in changes(plan)} == {"create"}
    golden.check(cluster.with_name("plan.yaml"), yaml.safe_dump(told(plan), sort_keys=False, width=110))


def granted(resources: Mapping[str, Any], account: str) -> dict[str, str]:
    """Return the roles that a service account of the cluster would have, by what grants them."""
    member = f"serviceAccount:rich-{account}@rich-hubs.iam.gserviceaccount.com"
    return {
        address: each["role"]
        for address, each in resources.items()
        if "role" in each and each.get("member") == member
    }


def test_users_have_what_is_in_buckets_and_not_the_buckets(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    registry = 'google_artifact_registry_repository_iam_member.hub["research/builds"]'
    assert granted(resources, "research") == {
        registry: "roles/artifactregistry.writer",
        **{
            f'google_project_iam_member.database["{database}/research/{role}"]': role
            for database in ("courses", "main")
            for role in ("roles/cloudsql.client", "roles/cloudsql.instanceUser")
        },
        'google_project_iam_member.hub["research/pays"]': "roles/serviceusage.serviceUsageConsumer",
        'google_project_iam_member.hub["research/roles/bigquery.user"]': "roles/bigquery.user",
        'google_storage_bucket_iam_member.hub["research/data/read"]': "roles/storage.objectViewer",
        'google_storage_bucket_iam_member.hub["research/open/read"]': "roles/storage.objectViewer",
        'google_storage_bucket_iam_member.hub["research/scratch/write"]': "roles/storage.objectUser",
    }
    of_buckets = {
        each["role"]
        for address, each in resources.items()
        if address.startswith("google_storage_bucket_iam_member.")
    }
    # None of these can delete a bucket or change its policy (`gcloud iam roles describe`).
    assert of_buckets == {
        "roles/storage.objectCreator",
        "roles/storage.objectUser",
        "roles/storage.objectViewer",
    }


def test_a_hub_signs_in_to_its_databases_and_to_no_others(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    logins = {
        address: each["name"]
        for address, each in resources.items()
        if address.startswith("google_sql_user.hub")
    }
    assert logins == {
        'google_sql_user.hub["courses/research"]': "rich-research@rich-hubs.iam.gserviceaccount.com",
        'google_sql_user.hub["courses/teaching"]': "rich-teaching@rich-hubs.iam.gserviceaccount.com",
        'google_sql_user.hub["main/research"]': "rich-research@rich-hubs.iam",
    }
    (condition,) = resources['google_project_iam_member.database["courses/teaching/roles/cloudsql.client"]'][
        "condition"
    ]
    assert condition["expression"] == (
        'resource.type == "sqladmin.googleapis.com/Instance" && '
        'resource.name == "projects/rich-hubs/instances/rich-courses"'
    )


def test_ci_can_do_all_in_kubernetes_and_nothing_to_the_cluster(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    own = "projects/rich-hubs/roles/rich_ci"
    assert set(granted(resources, "ci").values()) == {"roles/container.developer", own}
    permissions = resources["google_project_iam_custom_role.ci[0]"]["permissions"]
    assert {"container.clusterRoles.escalate", "container.roleBindings.create"} <= set(permissions)
    assert [each for each in permissions if each.startswith("container.clusters.")] == []
    provider = resources["google_iam_workload_identity_pool_provider.ci[0]"]
    assert provider["attribute_condition"] == 'assertion.sub in ["repo:example/hubs:ref:refs/heads/main"]'
    who = [address for address in resources if address.startswith("google_service_account_iam_member.ci")]
    assert who == ['google_service_account_iam_member.ci["repo:example/hubs:ref:refs/heads/main"]']


def test_what_changes_records_can_change_no_zone(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    roles = "projects/rich-hubs/roles/rich_dns_"
    assert granted(resources, "dns") == {
        "google_dns_managed_zone_iam_member.dns[0]": f"{roles}records",
        "google_project_iam_member.dns[0]": f"{roles}zones",
    }
    assert resources['google_project_iam_custom_role.dns["zones"]']["permissions"] == [
        "dns.managedZones.list"
    ]
    records = resources['google_project_iam_custom_role.dns["records"]']["permissions"]
    assert [each for each in records if "managedZones" in each] == ["dns.managedZones.get"]


PROTECTED = {
    "google_container_cluster.cluster",
    'google_filestore_instance.homes["common"]',
    'google_filestore_instance.homes["spare"]',
    'google_sql_database_instance.database["courses"]',
    'google_sql_database_instance.database["main"]',
}


def refusing(plan: Mapping[str, Any]) -> set[str]:
    """Return what would refuse to be deleted: wherever a resource says so, it says the same."""
    found = set()
    for address, each in told(plan)["resources"].items():
        in_cloud = [setting.get("deletion_protection_enabled") for setting in each.get("settings", [])]
        said = [each.get("deletion_protection"), each.get("deletion_protection_enabled"), *in_cloud]
        assert {True, False} - set(said), address
        if True in said:
            found.add(address)
    return found


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield what is in a value, by the way there."""
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize("address", sorted(PROTECTED))
def test_what_is_unprotected_can_go_and_nothing_else_changes(
    address: str, one_root: Root, rich: dict[str, Any]
) -> None:
    plans = [one_root.plan({**rich, "unprotected": wanted}) for wanted in ([], [address])]
    assert [refusing(plan) for plan in plans] == [PROTECTED, PROTECTED - {address}]
    on, off = (dict(leaves(told(plan)["resources"])) for plan in plans)
    changed = {path for path in on | off if on.get(path) != off.get(path)}
    assert {path[0] for path in changed} == {address}
    assert {path[-1] for path in changed} <= {"deletion_protection", "deletion_protection_enabled"}


def test_nothing_refuses_to_go_when_nothing_is_to(one_root: Root, rich: dict[str, Any]) -> None:
    assert refusing(one_root.plan({**rich, "deletion_protection": False})) == set()


def test_one_pool_has_another_version_while_it_is_upgraded(one_root: Root, rich: dict[str, Any]) -> None:
    plan = later(one_root, rich, {**rich, "node_versions": {"small": "1.34"}})
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == POOL]
    assert (entry["change"]["actions"], entry["change"]["after"]["version"]) == (["update"], "1.34")
    assert guarded(changes(plan)) == ()
    others = [
        each
        for address, each in told(plan)["resources"].items()
        if address.startswith("google_container_node")
    ]
    assert [each["version"] for each in others if "version" in each] == ["1.34"]


def later(root: Root, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for values of later, with what matters of the former ones there already."""
    root.believe(root.plan(before), KNOWN)
    return root.plan(after)


def done(plan: dict[str, Any]) -> dict[str, str]:
    """Return what a plan does to what is there."""
    return {each.address: each.kind for each in changes(plan) if each.address in KNOWN}


def test_the_guard_stops_a_plan_that_replaces_the_subnet(one_root: Root, rich: dict[str, Any]) -> None:
    moved = {**rich, "network": {**rich["network"], "range": "10.192.0.0/14"}}
    plan = later(one_root, rich, moved)
    stopped = {each.address: each for each in guarded(changes(plan))}
    subnet = stopped["google_compute_subnetwork.nodes[0]"]
    assert (subnet.kind, subnet.paths) == ("replace", ("ip_cidr_range",))
    assert subnet.protection is not None
    assert subnet.protection.name == "network"
    assert "google_compute_network.cluster[0]" not in stopped


def test_another_machine_type_is_a_new_pool_before_the_old_one_goes(
    one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= {"machine": "n2-highmem-16", "generation": "abcdef"}
    plan = later(one_root, rich, changed)
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == POOL]
    assert entry["change"]["actions"] == ["create", "delete"]
    assert entry["change"]["after"]["name"] == "small-abcdef"
    assert POOL in {each.address for each in guarded(changes(plan))}


def test_nodes_of_somebody_elses_account_are_new_pools_too(one_root: Root, rich: dict[str, Any]) -> None:
    given = {**rich, "identities": {"nodes": "hub-nodes@host.iam.gserviceaccount.com"}}
    plan = later(one_root, rich, given)
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == POOL]
    assert entry["change"]["actions"] == ["create", "delete"]
    assert entry["change"]["before"]["name"] != entry["change"]["after"]["name"]


@pytest.mark.parametrize(
    "pool",
    [{"max": 5, "min": 1}, {"labels": {"a": "b"}}, {"disk": 200}, {"tags": {"hub": "teaching"}}],
    ids="-".join,
)
def test_what_keeps_its_generation_stays_and_changes(
    pool: dict[str, Any], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= pool
    plan = later(one_root, rich, changed)
    assert done(plan)[POOL] == "update"
    assert guarded(changes(plan)) == ()


def test_kubernetes_and_who_reaches_it_change_in_place_and_homes_grow(
    one_root: Root, rich: dict[str, Any]
) -> None:
    changed = {**copy.deepcopy(rich), "kubernetes_version": "1.34", "deletion_protection": False}
    changed |= {"support": "standard", "maintenance": {"days": ["monday"], "hours": 12, "start": "01:00"}}
    changed["network"]["allowed_ranges"] = ["203.0.113.0/24"]
    changed["home_storage"]["homes"]["size"] = 600
    plan = later(one_root, rich, changed)
    found = done(plan)
    assert (found["google_container_cluster.cluster"], found[DISK]) == ("update", "update")
    assert guarded(changes(plan)) == ()


@pytest.mark.parametrize(
    ("buckets", "stopped"),
    [
        ({"scratch": {"delete_after_days": 3}}, ["scratch"]),
        ({"data": {"delete_after_days": 90}}, ["data"]),
        ({"scratch": {"delete_after_days": 30}, "more": {"delete_after_days": 1}}, []),
    ],
)
def test_objects_are_not_deleted_earlier_than_before_by_accident(
    buckets: dict[str, Any], stopped: list[str], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    for name, bucket in buckets.items():
        changed["buckets"][name] = {**changed["buckets"].get(name, {}), **bucket}
    found = guarded(changes(later(one_root, rich, changed)))
    assert [(each.address, each.kind) for each in found] == [
        (f'google_storage_bucket.bucket["{name}"]', "update") for name in stopped
    ]


@pytest.mark.parametrize("homes", [{"size": 400}, {"zone": "us-central1-c"}], ids="-".join)
def test_homes_that_shrink_or_move_are_guarded(
    homes: dict[str, Any], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["home_storage"]["homes"] |= homes
    stopped = guarded(changes(later(one_root, rich, changed)))
    assert [(each.address, each.kind) for each in stopped] == [(DISK, "replace")]


def test_a_database_that_cluster_yaml_no_longer_names_is_guarded_and_refuses(
    one_root: Root, rich: dict[str, Any]
) -> None:
    address = 'google_sql_database_instance.database["main"]'
    one_root.believe(one_root.plan(rich), {address: {"id": "rich-main"}})
    without = copy.deepcopy(rich)
    del without["databases"]["main"]
    without["permissions"]["research"]["databases"] = ["courses"]
    found = changes(one_root.plan(without))
    (stopped,) = guarded(found)
    assert (stopped.address, stopped.kind, stopped.refuses) == (address, "destroy", True)


def test_a_cluster_that_refuses_to_go_is_known_before(one_root: Root, rich: dict[str, Any]) -> None:
    found = changes(later(one_root, rich, {**rich, "cluster_name": "other"}))
    assert "google_container_cluster.cluster" in belt(found).resources
    unprotected = {**rich, "deletion_protection": False}
    assert not belt(changes(later(one_root, unprotected, {**unprotected, "cluster_name": "other"})))
