"""Directories that people of a hub share: class materials that students read and instructors write.

Who may write is decided when a server is started, by the mounts that it gets: KubeSpawner's own group
overrides put a writable mount in the place of the read-only one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_HOME = "/home/jovyan"
_ALL = "_shared"
_VOLUME = "shared"
_OF_HOMES = ("002-shared-volumemount", "004-rstudio-shared-volumemount")


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return mounts of each directory: for everybody or for groups, read-only but for those who write."""
    own = settings.get("volume")
    volume = _VOLUME if own else "home"
    directories = settings["directories"]
    storage: dict[str, Any] = {
        "extraVolumeMounts": {
            **_hidden(directories),
            **{
                _key(name): _mount(volume, name, read_only=directory["writers"] != "everybody")
                for name, directory in directories.items()
                if directory["readers"] == "everybody"
            },
        }
    }
    found: dict[str, Any] = {}
    if own:
        storage["extraVolumes"] = {
            _VOLUME: {"name": _VOLUME, "persistentVolumeClaim": {"claimName": _claim(own)}}
        }
        found["sharedVolume"] = _made(own)
    # Under keys of their own: an admin has the directory as everybody else has it, too.
    admins = {
        f"{_key(name)}-readwrite": _mount(volume, name, path=f"{name}-readwrite")
        for name, directory in directories.items()
        if directory["writers"] == "admins"
    }
    found["jupyterhub"] = {
        "custom": {"singleuserAdmin": {"extraVolumeMounts": admins}},
        "hub": {"config": {"KubeSpawner": {"group_overrides": _of_groups(volume, directories)}}},
        "singleuser": {"storage": storage},
    }
    return found


def _of_groups(volume: str, directories: Mapping[str, Any]) -> dict[str, Any]:
    """Return KubeSpawner's group overrides; writers come after readers, and so count more."""
    overrides = {}
    for name, directory in directories.items():
        for number, (who, read_only) in enumerate((("readers", True), ("writers", False))):
            groups = directory[who]
            if isinstance(groups, list):
                mount = {_key(name): _mount(volume, name, read_only=read_only)}
                overrides[f"shared-{name}-{number}-{who}"] = {
                    "groups": groups,
                    "spawner_override": {"volume_mounts": mount},
                }
    return overrides


def _hidden(directories: Mapping[str, Any]) -> dict[str, None]:
    """Take away what homes on NFS show to everybody (topics/homes.py), where it is for groups."""
    for_all = directories.get("shared", {}).get("readers", "everybody") == "everybody"
    return {} if for_all else dict.fromkeys(_OF_HOMES)


def _key(name: str) -> str:
    return f"shared-directory-{name}"


def _mount(volume: str, name: str, *, path: str = "", read_only: bool = False) -> dict[str, Any]:
    return {
        "name": volume,
        "mountPath": f"{_HOME}/{path or name}",
        # The directory that adopted hubs have for all is called so; others are beside homes in one of ours.
        "subPath": _ALL if name == "shared" else f"{_ALL}/{name}",
        "readOnly": read_only,
    }


def _claim(own: Mapping[str, Any]) -> str:
    return str(own.get("claim", "shared-directories"))


def _made(own: Mapping[str, Any]) -> dict[str, Any]:
    if "claim" in own:
        return {"enabled": False}
    made: dict[str, Any] = {"enabled": True, "size": f"{own.get('size_gb', 10)}Gi"}
    return {**made, "storageClass": own["storage_class"]} if "storage_class" in own else made
