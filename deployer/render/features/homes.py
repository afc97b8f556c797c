"""Where homes are: on the hub's own NFS server, on a managed one, on a volume for each person, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SERVER = "jupyterhub-home-nfs"
_DISKS = ("eks", "gke", "openstack")


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the kind of homes that was chosen; mounts of the hub's volume are computed."""
    kind = {"server": _server, "managed": _managed, "volume": _volume, "none": _none}[settings["kind"]]
    return kind(subject, settings)


def _server(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    server: dict[str, Any] = {"enabled": True}
    if "quota_gb" in settings:
        server["quotaEnforcer"] = {"config": {"QuotaManager": {"hard_quota": settings["quota_gb"]}}}
    if "disk" in settings:
        return _on_a_disk(subject, settings, server)
    if "size_gb" in settings and not _has_disk(subject):
        return _made_by_the_cloud(subject, settings, server)
    return _served(settings, server)


def _on_a_disk(subject: Subject, settings: Mapping[str, Any], server: dict[str, Any]) -> dict[str, Any]:
    """Claim a disk that is there: in the words of jupyterhub-home-nfs, or as a volume of our own."""
    cloud = clouds.of(subject.cluster.provider).HOMES
    disk = {"enabled": True, "volumeId": _made(subject, settings["disk"]).get("id", settings["disk"])}
    if cloud.disk:
        server[cloud.disk] = disk
        return _served(settings, server)
    volume = {**disk, "name": f"{subject.hub.name}-homes", "provisioner": cloud.provisioner}
    return {**_served(settings, server), "homeDisk": volume}


def _made_by_the_cloud(
    subject: Subject, settings: Mapping[str, Any], server: dict[str, Any]
) -> dict[str, Any]:
    """Claim a disk of a size, from a storage class that is said or made, for quotas need XFS of a kind."""
    cloud = clouds.of(subject.cluster.provider).HOMES
    claim = {"size": f"{settings['size_gb']}Gi"}
    server["persistentVolume"] = claim
    if "storage_class" in settings:
        claim["storageClass"] = settings["storage_class"]
        return _served(settings, server)
    if not cloud.provisioner:
        return _served(settings, server)
    claim["storageClass"] = f"{subject.hub.name}-homes"
    made = {
        "enabled": True,
        "name": claim["storageClass"],
        "provisioner": cloud.provisioner,
        "parameters": dict(cloud.parameters),
    }
    return {**_served(settings, server), "homeDisk": made}


def _served(settings: Mapping[str, Any], server: dict[str, Any]) -> dict[str, Any]:
    nfs: dict[str, Any] = {"enabled": True}
    if "address" in settings:
        nfs["pv"] = {"serverIP": settings["address"]}
    return {_SERVER: server, "nfs": nfs}


def _managed(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    made = _made(subject, settings["address"])
    share = settings.get("directory", made.get("path", "/"))
    server = made.get("server", settings["address"])
    volume = {"serverIP": server, "baseShareName": share if share.endswith("/") else f"{share}/"}
    # A managed server has no directory for the hub until somebody makes it.
    return {"nfs": {"enabled": True, "pv": volume, "shareCreator": {"enabled": True}}}


def _volume(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    storage: dict[str, Any] = {"type": "dynamic", "capacity": f"{settings.get('volume_gb', 10)}Gi"}
    if "storage_class" in settings:
        storage["dynamic"] = {"storageClass": settings["storage_class"]}
    return {"nfs": {"enabled": False}, "jupyterhub": {"singleuser": {"storage": storage}}}


def _none(_subject: Subject, _settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"nfs": {"enabled": False}, "jupyterhub": {"singleuser": {"storage": {"type": "none"}}}}


def _has_disk(subject: Subject) -> bool:
    """Whether the hub's own files name the disk: what a preset says of its size then means nothing."""
    return any(subject.own_value(_SERVER, kind, "volumeId") for kind in _DISKS)


def _made(subject: Subject, name: str) -> Mapping[str, str]:
    """Return what is known of home storage that `infra apply` made, by its name in cluster.yaml."""
    made: Mapping[str, str] = subject.cluster.outputs.get("home_storage", {}).get(name, {})
    return made
