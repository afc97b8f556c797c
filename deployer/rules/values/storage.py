"""Storage: sizes that Kubernetes reads, homes that are somewhere, quotas that fit their disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds
from deployer.fleet.model import Local
from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked
from deployer.rules.values.parts.quantities import GIB, gibibytes, quantity
from deployer.rules.values.parts.shapes import mapping, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_STORAGE = ("jupyterhub", "singleuser", "storage")
_SHARED = "shared_directories"
_NFS = ("jupyterhub-home-nfs",)
_DISK = (*_NFS, "persistentVolume", "size")
_QUOTAS = (*_NFS, "quotaEnforcer", "config", "QuotaManager")
_CLASS = (*_NFS, "persistentVolume", "storageClass")
_DISKS = ("eks", "gke", "openstack")
_SIZES = (
    (*_STORAGE, "capacity"),
    ("jupyterhub", "hub", "db", "pvc", "storage"),
    _DISK,
)
SERVICE = "storage-quota-home-nfs"
"""The name of the Service of a hub's own NFS server."""
_PLACEHOLDER_DISK = 1e6
"""jupyterhub-home-nfs sets `1M` where nobody says how large the disk is."""


@rule()
def storage_size(release: HubValues) -> Iterator[Finding]:
    """Want sizes of volumes to be quantities of Kubernetes, such as `10Gi`.

    It refuses a claim with another, so the hub or its servers have no volume.
    """
    for at in _SIZES:
        value = release.value(*at)
        if value is not None and release.said(*at) and not quantity(value) and not release.unknown(at):
            yield release.finding(at, f"`{at[-1]}` must be a size such as `10Gi`")


@rule()
def home_volume(release: HubValues) -> Iterator[Finding]:
    """Want static homes to name the claim that holds them.

    With `storage.type: static`, every server mounts `storage.static.pvcName`; without that none starts.
    """
    if release.value(*_STORAGE, "type") != "static":
        return
    at = (*_STORAGE, "static", "pvcName")
    if not release.value(*at) and not release.unknown(at):
        message = "missing key `static.pvcName`: the claim that holds the homes"
        yield release.finding((*_STORAGE, "type"), message)


@rule()
def home_server(release: HubValues) -> Iterator[Finding]:
    """Want to know where the NFS server of homes is.

    Nodes mount it. Those of GKE find the hub's own server by its name; others need the address of its
    Service, which is there after a first deploy with `nfs.enabled: false`.
    """
    volume = mapping(release.value("nfs", "pv"))
    if release.value("nfs", "enabled") is True and volume.get("enabled") and not volume.get("serverIP"):
        message = "missing key `nfs.pv.serverIP`: the address of the server that homes are on"
        yield release.finding(("nfs", "pv", "serverIP"), message + _server_address(release))


@rule()
def home_disk(release: HubValues) -> Iterator[Finding]:
    """Want the hub's own NFS server of homes to have a disk.

    Without one that is named, and without a storage class that makes one, its claim waits for a volume for
    ever, and no server of a user starts. `storageClass: ""` is for a volume that somebody makes by hand.
    """
    if isinstance(release.cluster.provider, Local) or release.value(*_NFS, "enabled") is not True:
        return
    named = any(release.value(*_NFS, kind, "enabled") is True for kind in _DISKS)
    named = named or bool(release.value("homeDisk", "volumeId"))
    if not named and not release.value(*_CLASS) and not release.said(*_CLASS):
        makes = bool(clouds.of(release.cluster.provider).HOMES.provisioner)
        sized = "`size_gb`" if makes else "`size_gb` and `storage_class`"
        message = (
            f"the server of homes has no disk, so it never starts: say {sized} in `homes` among the features "
            "for one that is made, or `disk` for one that is there"
        )
        yield release.finding((*_NFS, "enabled"), message)


@rule("warning")
def home_quota(release: HubValues) -> Iterator[Finding]:
    """Want a home's quota to be smaller than the disk with all homes.

    One person could fill the disk otherwise, and nobody else could save anything.
    """
    disk = _disk(release)
    if disk is None or not release.value(*_NFS, "enabled"):
        return
    quotas: dict[tuple[str, ...], Any] = {(*_QUOTAS, "hard_quota"): release.value(*_QUOTAS, "hard_quota")}
    overrides = mapping(release.value(*_QUOTAS, "quota_overrides"))
    quotas |= {(*_QUOTAS, "quota_overrides", name): each for name, each in overrides.items()}
    for at, quota in quotas.items():
        if _bytes(quota) >= disk and not release.unknown(at):
            message = f"a quota of {gibibytes(_bytes(quota))} on a disk of {gibibytes(disk)} limits nothing"
            yield release.finding(at, message)


RULES = (storage_size, home_volume, home_server, home_disk, home_quota)


def _server_address(release: HubValues) -> str:
    """Return where the address of the hub's own server comes from, and where it is written."""
    if not release.value(*_NFS, "enabled"):
        return ""
    written = ", to be written as `address` in `homes`" if any(asked(release, "homes")) else ""
    without = " and `shared_directories: false` in its `features`" if any(asked(release, _SHARED)) else ""
    first = f"a first deploy with `nfs: {{enabled: false}}` in the hub's file{without}"
    return f"; the Service `{SERVICE}` has it after {first}{written}"


def _disk(release: HubValues) -> float | None:
    """Return the size of the disk with the homes, in bytes, as far as anybody says it."""
    size = quantity(release.value(*_DISK))
    if size is None or size <= _PLACEHOLDER_DISK or release.unknown(_DISK):
        return None
    return size


def _bytes(quota: Any) -> float:
    """Return a quota of jupyterhub-home-nfs, which is in GiB, in bytes."""
    return (number(quota) or 0) * GIB
