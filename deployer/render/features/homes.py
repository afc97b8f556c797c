"""Where homes are: on the hub's own NFS server, on a managed one, on a volume for each person, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SERVER = "jupyterhub-home-nfs"


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the kind of homes that was chosen; mounts of the hub's volume are computed."""
    kind = {"server": _server, "managed": _managed, "volume": _volume, "none": _none}[settings["kind"]]
    return kind(subject, settings)


def _server(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    server: dict[str, Any] = {"enabled": True}
    if "quota_gb" in settings:
        server["quotaEnforcer"] = {"config": {"QuotaManager": {"hard_quota": settings["quota_gb"]}}}
    if "disk" in settings:
        server[clouds.of(subject.cluster.provider).HOMES.disk] = {
            "enabled": True,
            "volumeId": _made(subject, settings["disk"]).get("id", settings["disk"]),
        }
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


def _made(subject: Subject, name: str) -> Mapping[str, str]:
    """Return what is known of home storage that `infra apply` made, by its name in cluster.yaml."""
    made: Mapping[str, str] = subject.cluster.outputs.get("home_storage", {}).get(name, {})
    return made
