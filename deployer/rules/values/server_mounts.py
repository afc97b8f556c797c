"""What users' servers mount: whether the volumes are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked, finding
from deployer.rules.values.parts.shapes import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_STORAGE = ("jupyterhub", "singleuser", "storage")
_SPAWNER = ("jupyterhub", "hub", "config", "KubeSpawner", "volumes")
_MOUNTS = ((*_STORAGE, "extraVolumeMounts"), ("jupyterhub", "custom", "singleuserAdmin", "extraVolumeMounts"))
_HOME = "home"
"""What Zero to JupyterHub calls the volume of homes that all are on."""
_FILES = "files"
"""The volume of `singleuser.extraFiles`."""


@rule()
def shared_directories(release: HubValues) -> Iterator[Finding]:
    """Want `shared_directories` to be on a volume that all servers reach.

    Homes on an NFS server have one. With a volume for each person, or without homes, the directories need
    a volume of their own: no server starts otherwise. Those of admins don't start either when a directory is
    called as the one in which they write to another, `<name>-readwrite`.
    """
    known = _volumes(release)
    for feature in asked(release, "shared_directories"):
        if "volume" not in feature.settings and known is not None and _HOME not in known:
            message = (
                "homes are not on a volume that all share, so no server would start: give "
                "`shared_directories` a `volume`, or choose `homes` of the kind `server` or `managed`"
            )
            yield finding(feature, (), message)
        for name in _taken(feature.settings["directories"]):
            message = f"admins have `{name}` already, to write to another directory: choose another name"
            yield finding(feature, ("directories", name), message)


@rule()
def server_mount(release: HubValues) -> Iterator[Finding]:
    """Want what servers mount to be among their volumes.

    Kubernetes refuses a server with a mount of a volume that is not there, so none starts.
    """
    known = _volumes(release)
    if known is None:
        return
    of_feature = any(asked(release, "shared_directories"))
    for at, mount in _mounts(release):
        name = mapping(mount).get("name")
        told = of_feature and name == _HOME
        if isinstance(name, str) and name not in known and not told and not release.unknown((*at, "name")):
            listed = ", ".join(f"`{each}`" for each in sorted(known)) or "none"
            yield release.finding((*at, "name"), f"servers have no such volume: `{name}`; known: {listed}")


RULES = (shared_directories, server_mount)


def _taken(directories: Mapping[str, Any]) -> list[str]:
    """Return the directories with the name that another one has where admins write to it."""
    for_admins = {f"{name}-readwrite" for name, each in directories.items() if each["writers"] == "admins"}
    return [name for name in directories if name in for_admins]


def _volumes(release: HubValues) -> set[str] | None:
    """Return the names of the volumes that a server has, None when that can't be told."""
    storage = mapping(release.value(*_STORAGE))
    each = mapping(storage.get("dynamic")).get("volumeNameTemplate")
    homes = {"static": _HOME, "dynamic": each, "none": _FILES}.get(text(storage.get("type")))
    if homes is None or release.value(*_SPAWNER) is not None:
        return None
    volumes = (mapping(volume).get("name") for _, volume in _entries(release, (*_STORAGE, "extraVolumes")))
    return {each for each in (homes, _FILES, *volumes) if isinstance(each, str)}


def _mounts(release: HubValues) -> Iterator[tuple[KeyPath, Any]]:
    return (found for place in _MOUNTS for found in _entries(release, place))


def _entries(release: HubValues, at: tuple[str, ...]) -> Iterator[tuple[KeyPath, Any]]:
    """Yield what is in a list, or in a map by any names, with its path."""
    entries = release.value(*at)
    for key, value in mapping(entries).items():
        yield (*at, key), value
    for index, value in enumerate(sequence(entries)):
        yield (*at, index), value
