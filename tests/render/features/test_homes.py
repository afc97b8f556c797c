from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked

SERVER = "jupyterhub-home-nfs"


@pytest.mark.parametrize(
    ("provider", "settings", "expected"),
    [
        ("gcp", "kind: server", {SERVER: {"enabled": True}, "nfs": {"enabled": True}}),
        (
            "aws",
            "kind: server, quota_gb: 20, disk: vol-1, address: 10.100.1.2",
            {
                SERVER: {
                    "enabled": True,
                    "quotaEnforcer": {"config": {"QuotaManager": {"hard_quota": 20}}},
                    "eks": {"enabled": True, "volumeId": "vol-1"},
                },
                "nfs": {"enabled": True, "pv": {"serverIP": "10.100.1.2"}},
            },
        ),
        (
            "gcp",
            "kind: server, disk: projects/p/zones/z/disks/d",
            {
                SERVER: {
                    "enabled": True,
                    "gke": {"enabled": True, "volumeId": "projects/p/zones/z/disks/d"},
                },
                "nfs": {"enabled": True},
            },
        ),
        (
            "azure",
            "kind: server, disk: /subscriptions/s/disks/d",
            {
                SERVER: {"enabled": True},
                "nfs": {"enabled": True},
                "homeDisk": {
                    "enabled": True,
                    "name": "hub-homes",
                    "provisioner": "disk.csi.azure.com",
                    "volumeId": "/subscriptions/s/disks/d",
                },
            },
        ),
        (
            "aws",
            "kind: server, size_gb: 100",
            {
                SERVER: {
                    "enabled": True,
                    "persistentVolume": {"size": "100Gi", "storageClass": "hub-homes"},
                },
                "nfs": {"enabled": True},
                "homeDisk": {
                    "enabled": True,
                    "name": "hub-homes",
                    "provisioner": "ebs.csi.aws.com",
                    "parameters": {"type": "gp3", "encrypted": "true"},
                },
            },
        ),
        (
            "kubeconfig",
            "kind: server, size_gb: 100, storage_class: xfs-quotas",
            {
                SERVER: {
                    "enabled": True,
                    "persistentVolume": {"size": "100Gi", "storageClass": "xfs-quotas"},
                },
                "nfs": {"enabled": True},
            },
        ),
        (
            "azure",
            "kind: managed, address: files.example.org, directory: /hubs",
            {
                "nfs": {
                    "enabled": True,
                    "pv": {"serverIP": "files.example.org", "baseShareName": "/hubs/"},
                    "shareCreator": {"enabled": True},
                }
            },
        ),
        (
            "aws",
            "kind: managed, address: fs-1.example.org",
            {
                "nfs": {
                    "enabled": True,
                    "pv": {"serverIP": "fs-1.example.org", "baseShareName": "/"},
                    "shareCreator": {"enabled": True},
                }
            },
        ),
        (
            "local",
            "kind: volume",
            {
                "nfs": {"enabled": False},
                "jupyterhub": {"singleuser": {"storage": {"type": "dynamic", "capacity": "10Gi"}}},
            },
        ),
        (
            "local",
            "kind: volume, volume_gb: 3, storage_class: fast",
            {
                "nfs": {"enabled": False},
                "jupyterhub": {
                    "singleuser": {
                        "storage": {
                            "type": "dynamic",
                            "capacity": "3Gi",
                            "dynamic": {"storageClass": "fast"},
                        }
                    }
                },
            },
        ),
        (
            "local",
            "kind: none",
            {"nfs": {"enabled": False}, "jupyterhub": {"singleuser": {"storage": {"type": "none"}}}},
        ),
    ],
)
def test_homes_are_where_they_are_said_to_be(provider: str, settings: str, expected: dict[str, Any]) -> None:
    assert asked(f"features: {{homes: {{{settings}}}}}", provider=provider) == expected


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_clouds_make_disks_of_a_class_that_the_claim_names(provider: str) -> None:
    found = asked("features: {homes: {kind: server, size_gb: 1}}", provider=provider)
    assert found[SERVER]["persistentVolume"]["storageClass"] == found["homeDisk"]["name"]
    assert found["homeDisk"]["provisioner"]


def test_no_class_is_made_up_where_the_cloud_is_unknown() -> None:
    found = asked("features: {homes: {kind: server, size_gb: 1}}", provider="kubeconfig")
    assert found[SERVER]["persistentVolume"] == {"size": "1Gi"}
    assert "homeDisk" not in found


@pytest.mark.parametrize("disk", ["eks", "gke", "openstack"])
def test_a_disk_that_a_hub_names_keeps_its_claim_whatever_size_a_preset_says(disk: str) -> None:
    own = f"{{{SERVER}: {{{disk}: {{volumeId: vol-1}}}}}}"
    found = asked("features: {homes: {kind: server, size_gb: 1}}", own=own)
    assert found == {SERVER: {"enabled": True}, "nfs": {"enabled": True}}


MADE = {
    "home_storage": {
        "homes": {"kind": "disk", "id": "vol-0123", "zone": "us-west-2a", "size": 100},
        "common": {"kind": "share", "id": "fs-0123", "server": "fs-0123.efs.us-west-2.amazonaws.com"},
    }
}


def test_a_disk_that_infra_made_goes_by_its_name() -> None:
    found = asked("features: {homes: {kind: server, disk: homes}}", outputs=MADE)
    assert found[SERVER]["eks"] == {"enabled": True, "volumeId": "vol-0123"}


def test_a_share_that_infra_made_goes_by_its_name() -> None:
    found = asked("features: {homes: {kind: managed, address: common}}", outputs=MADE)
    assert found["nfs"]["pv"]["serverIP"] == "fs-0123.efs.us-west-2.amazonaws.com"


def test_a_share_with_a_directory_of_its_own_is_mounted_there() -> None:
    share = {"kind": "share", "id": "x", "server": "10.0.0.2", "path": "/homes"}
    made = {"home_storage": {"common": share}}
    found = asked("features: {homes: {kind: managed, address: common}}", outputs=made)
    assert found["nfs"]["pv"] == {"serverIP": "10.0.0.2", "baseShareName": "/homes/"}
    settings = "{kind: managed, address: common, directory: /homes/old}"
    found = asked(f"features: {{homes: {settings}}}", outputs=made)
    assert found["nfs"]["pv"]["baseShareName"] == "/homes/old/"
