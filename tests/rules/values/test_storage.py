"""Volumes, homes and quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.storage import RULES, home_disk, home_quota, home_server, home_volume, storage_size
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_sizes_are_quantities(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser: {storage: {capacity: 10GB}}
      hub: {db: {pvc: {storage: 1 Gi}}}
    jupyterhub-home-nfs: {persistentVolume: {size: ""}}
    """
    assert found(storage_size, values(text)) == [
        "1:2:26: `capacity` must be a size such as `10Gi`",
        "1:3:20: `storage` must be a size such as `10Gi`",
        "1:4:42: `size` must be a size such as `10Gi`",
    ]


OWN_SERVER = (
    "; the Service `storage-quota-home-nfs` has it after a first deploy with `nfs: {enabled: false}` "
    "in the hub's file"
)


def test_static_homes_have_a_claim(values: Making) -> None:
    text = "jupyterhub: {singleuser: {storage: {type: static}}}"
    assert found(home_volume, values(text)) == [
        "1:1:37: missing key `static.pvcName`: the claim that holds the homes"
    ]
    claim = "jupyterhub: {singleuser: {storage: {static: {pvcName: homes}}}}"
    assert found(RULES, values(text, claim)) == []


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("nfs: {enabled: true}", ""),
        ("nfs: {enabled: true, pv: {serverIP: 10.1.2.3}}", None),
        ("nfs: {enabled: true, pv: {enabled: false}}", None),
        ("jupyterhub-home-nfs: {eks: {volumeId: disk}}", OWN_SERVER),
        ("jupyterhub-home-nfs: {eks: {volumeId: disk}}\nnfs: {enabled: false}", None),
        ("{}", None),
    ],
)
def test_nodes_know_where_the_server_of_homes_is(values: Making, text: str, advice: str | None) -> None:
    message = "missing key `nfs.pv.serverIP`: the address of the server that homes are on"
    lines = found(home_server, values(text, provider="aws"))
    assert [line.partition(": ")[2].partition(" (")[0] for line in lines] == (
        [] if advice is None else [message + advice]
    )


def test_nodes_of_gke_find_the_hubs_own_server(values: Making) -> None:
    assert found(home_server, values("jupyterhub-home-nfs: {gke: {volumeId: disk}}")) == []


NFS = """\
jupyterhub-home-nfs:
  enabled: true
  persistentVolume: {{size: {size}}}
  quotaEnforcer:
    config:
      QuotaManager:
        hard_quota: {quota}
        quota_overrides: {{ada: {override}}}
"""


def test_a_quota_is_smaller_than_the_disk(values: Making) -> None:
    text = NFS.format(size="100Gi", quota=100, override=500)
    assert found(home_quota, values(text)) == [
        "1:7:9: a quota of 100 GiB on a disk of 100 GiB limits nothing",
        "1:8:27: a quota of 500 GiB on a disk of 100 GiB limits nothing",
    ]


@pytest.mark.parametrize(
    "text",
    [
        NFS.format(size="100Gi", quota=10, override="none"),
        NFS.format(size="1M", quota=100, override=100),
        NFS.format(size=f"'{ENCRYPTED}'", quota=100, override=100),
        NFS.format(size="[]", quota="{}", override="1"),
        NFS.format(size="1Gi", quota=2, override=2).replace("enabled: true", "enabled: false"),
        "jupyterhub: {singleuser: {storage: 1}, hub: {db: []}}\n",
        f"jupyterhub: {{singleuser: {{storage: {{capacity: '{ENCRYPTED}'}}}}}}\n",
    ],
    ids=["smaller", "size not said", "encrypted size", "wrong types", "off", "more wrong types", "encrypted"],
)
def test_other_homes_are_fine(values: Making, text: str) -> None:
    assert found([home_quota, home_volume], values(f"{text}sops: {{version: 1}}")) == []


NO_DISK = "the server of homes has no disk, so it never starts: say {} in `homes` among the features"
NO_DISK += " for one that is made, or `disk` for one that is there"


@pytest.mark.parametrize(
    ("provider", "homes", "sized"),
    [
        ("aws", "kind: server", "`size_gb`"),
        ("kubeconfig", "kind: server", "`size_gb` and `storage_class`"),
        ("kubeconfig", "kind: server, size_gb: 10", "`size_gb` and `storage_class`"),
    ],
)
def test_a_server_of_homes_has_a_disk(values: Making, provider: str, homes: str, sized: str) -> None:
    release = values(provider=provider, asking=f"features: {{homes: {{{homes}}}}}")
    (told,) = found(home_disk, release)
    assert NO_DISK.format(sized) in told


@pytest.mark.parametrize(
    ("provider", "homes"),
    [
        ("aws", "kind: server, size_gb: 10"),
        ("aws", "kind: server, disk: vol-1"),
        ("kubeconfig", "kind: server, size_gb: 10, storage_class: xfs-quotas"),
        ("kubeconfig", "kind: server, disk: vol-1"),
        ("local", "kind: server"),
        ("aws", "kind: none"),
    ],
)
def test_a_disk_is_named_or_made(values: Making, provider: str, homes: str) -> None:
    assert found(home_disk, values(provider=provider, asking=f"features: {{homes: {{{homes}}}}}")) == []


@pytest.mark.parametrize(
    "said",
    [
        "eks: {volumeId: vol-1}",
        "gke: {volumeId: disk}",
        'enabled: true, persistentVolume: {size: 10Gi, storageClass: ""}',
    ],
)
def test_a_disk_of_a_hubs_own_files_is_right(values: Making, said: str) -> None:
    assert found(home_disk, values(f"jupyterhub-home-nfs: {{{said}}}")) == []
