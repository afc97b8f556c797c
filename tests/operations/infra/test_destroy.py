"""What stays when a cluster goes, and what has to stay with it."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.clouds.resources import KEPT, PROTECTED, identity
from deployer.clouds.resources.classes import BUCKET, DATABASE, HOMES
from deployer.operations.infra.changes import Change
from deployer.operations.infra.destroy import Destruction, Kept, staying
from deployer.operations.infra.unprotect import Belt


def state(*addresses: str) -> dict[str, Any]:
    resources = [
        {
            "address": each,
            "mode": "managed",
            "type": each.split(".")[0],
            "name": each.split(".")[1].partition("[")[0],
            "values": {"id": f"id of {each}"}
            | dict.fromkeys(("bucket", "member", "policy_arn", "role"), "x"),
        }
        for each in addresses
    ]
    data = {"address": "data.google_storage_bucket.x", "mode": "data", "values": {"id": "x"}}
    return {"values": {"root_module": {"resources": [*resources, data]}}}


def addresses(*there: str, keep: tuple[str, ...]) -> list[str]:
    return [each.address for each in staying(state(*there), keep)]


def test_what_stays_can_be_adopted_by_its_id() -> None:
    address = 'google_compute_disk.homes["homes"]'
    assert staying(state(address), ["homes"]) == [Kept(address=address, identity=f"id of {address}")]


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        (
            "google_storage_bucket_iam_member",
            {"bucket": "b/data", "role": "roles/storage.objectViewer", "member": "allUsers"},
            "b/data roles/storage.objectViewer allUsers",
        ),
        (
            "google_sql_user",
            {"project": "p", "instance": "c-main", "host": "", "name": "c-lab@p.iam"},
            "p/c-main/c-lab@p.iam",
        ),
        ("google_sql_user", {"project": "p", "instance": "c-main", "host": "%", "name": "c"}, "p/c-main/%/c"),
        ("google_sql_database_instance", {"id": "c-main"}, "c-main"),
    ],
)
def test_what_has_a_made_up_id_is_adopted_by_what_its_provider_reads(
    kind: str, values: dict[str, str], found: str
) -> None:
    assert identity(kind, values) == found


def test_with_a_thing_stays_what_looks_after_it() -> None:
    there = (
        "google_backup_dr_backup_plan.homes",
        "google_backup_dr_backup_vault.homes[0]",
        "google_bigquery_dataset.costs[0]",
        "google_compute_disk.homes",
        "google_compute_disk_resource_policy_attachment.homes",
        "google_compute_forwarding_rule.database",
        "google_compute_network.cluster[0]",
        "google_compute_resource_policy.homes",
        "google_compute_subnetwork.nodes[0]",
        "google_container_cluster.cluster",
        "google_storage_bucket.bucket",
        "google_storage_bucket_iam_member.hub",
        "google_storage_bucket_iam_member.reader",
    )
    assert addresses(*there, keep=("homes", "buckets")) == [
        "google_backup_dr_backup_plan.homes",
        "google_backup_dr_backup_vault.homes[0]",
        "google_bigquery_dataset.costs[0]",
        "google_compute_disk.homes",
        "google_compute_disk_resource_policy_attachment.homes",
        "google_compute_resource_policy.homes",
        "google_storage_bucket.bucket",
        "google_storage_bucket_iam_member.reader",
    ]


def test_a_share_that_stays_holds_its_network_and_no_other_thing_does() -> None:
    network, share = "google_compute_network.cluster[0]", "google_filestore_instance.homes"
    assert addresses(network, share, "google_compute_subnetwork.nodes", keep=("homes",)) == [network, share]
    assert addresses(network, share, keep=("buckets",)) == []
    assert addresses(network, "google_compute_disk.homes", keep=("homes",)) == ["google_compute_disk.homes"]


def test_nothing_stays_when_nothing_is_to() -> None:
    assert addresses("google_compute_disk.homes", "aws_s3_bucket.bucket", keep=()) == []


@pytest.mark.parametrize(
    ("kind", "protection"), [("homes", HOMES), ("buckets", BUCKET), ("databases", DATABASE)]
)
def test_what_the_modules_make_of_data_is_of_a_kind(kind: str, protection: object) -> None:
    """A type that the guard protects and `destroy` does not know would go without a word about keeping it."""
    made = {"aws_ebs_volume", "aws_efs_file_system", "aws_s3_bucket", "google_compute_disk"}
    made |= {"google_bigquery_dataset", "google_filestore_instance", "google_sql_database_instance"}
    made |= {"google_storage_bucket"}
    for each in made:
        assert each in PROTECTED
        if PROTECTED[each] is protection:
            assert f"{each}.x".startswith(KEPT[kind])


def test_on_azure_the_resource_group_stays_with_what_is_in_it() -> None:
    group, network, subnet = (
        "azurerm_resource_group.cluster",
        "azurerm_virtual_network.cluster[0]",
        "azurerm_subnet.nodes[0]",
    )
    there = (
        "azurerm_data_protection_backup_instance_disk.homes",
        "azurerm_data_protection_backup_vault.homes[0]",
        "azurerm_kubernetes_cluster.cluster",
        "azurerm_managed_disk.homes",
        "azurerm_management_lock.cluster",
        "azurerm_management_lock.disk",
        group,
        "azurerm_role_assignment.backup_disk",
        "azurerm_role_assignment.hub_reader",
        "azurerm_storage_account.bucket",
        "azurerm_storage_account.homes",
        subnet,
        network,
    )
    assert addresses(*there, keep=("homes",)) == [
        "azurerm_data_protection_backup_instance_disk.homes",
        "azurerm_data_protection_backup_vault.homes[0]",
        "azurerm_managed_disk.homes",
        "azurerm_management_lock.disk",
        group,
        "azurerm_role_assignment.backup_disk",
        "azurerm_storage_account.homes",
    ]
    assert addresses(*there, keep=("buckets",)) == [group, "azurerm_storage_account.bucket"]
    database, endpoint = "azurerm_postgresql_flexible_server.database", "azurerm_private_endpoint.database"
    assert addresses(database, endpoint, group, subnet, network, keep=("databases",)) == [
        database,
        endpoint,
        group,
        subnet,
        network,
    ]


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("homes", ("managed_disk.homes", "storage_account.homes", "storage_share.homes")),
        ("buckets", ("storage_account.bucket", "storage_account.export", "storage_container.costs")),
        ("databases", ("mysql_flexible_server.database", "postgresql_flexible_server.database")),
    ],
)
def test_what_the_module_for_azure_makes_of_data_is_of_a_kind(kind: str, types: tuple[str, ...]) -> None:
    for each in types:
        assert f"azurerm_{each.partition('.')[0]}" in PROTECTED
        assert f"azurerm_{each}".startswith(KEPT[kind])


@pytest.mark.parametrize(
    ("kind", "is_data"),
    [("aws_ebs_volume", True), ("aws_ecr_repository", True), ("aws_vpc", False), ("terraform_data", False)],
)
def test_what_people_lose_is_told(kind: str, is_data: bool) -> None:
    gone = Change(address=f"{kind}.x", type=kind, kind="destroy")
    planned = Destruction(cluster="alps", kept=(), gone=(gone.address,), losing=(gone,), belt=Belt())
    assert planned.data == ((gone,) if is_data else ())
