"""What stays when a cluster goes, and what has to stay with it."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.operations.infra.destroy import KEPT, Kept, staying
from deployer.operations.infra.protected import BUCKET, DATABASE, HOMES, PROTECTED


def state(*addresses: str) -> dict[str, Any]:
    resources = [
        {
            "address": each,
            "mode": "managed",
            "type": each.split(".")[0],
            "name": each.split(".")[1].partition("[")[0],
            "values": {"id": f"id of {each}", "role": "role", "policy_arn": "policy"},
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


def test_with_a_thing_stays_what_looks_after_it() -> None:
    there = (
        "google_compute_disk.homes",
        "google_compute_disk_resource_policy_attachment.homes",
        "google_compute_network.cluster[0]",
        "google_compute_resource_policy.homes",
        "google_compute_subnetwork.nodes[0]",
        "google_container_cluster.cluster",
        "google_storage_bucket.bucket",
        "google_storage_bucket_iam_member.hub",
        "google_storage_bucket_iam_member.reader",
    )
    assert addresses(*there, keep=("homes", "buckets")) == [
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
    made |= {"google_filestore_instance", "google_storage_bucket"}
    for each in made:
        assert each in PROTECTED
        if PROTECTED[each] is protection:
            assert f"{each}.x".startswith(KEPT[kind])
