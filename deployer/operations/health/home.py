"""The check user's home directory, wherever the hub keeps homes: knowing it, and removing it.

Only what is the check user's alone may ever be removed. A volume claim says whose it is in an annotation. On
a volume that users share (NFS), the home is a directory of it, named after the user; whatever else is mounted
inside the home, such as a directory that the whole community shares, is left alone.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from deployer.operations.hub_pods import USERNAME, user_pods
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from deployer.tools.kubernetes import Api


class Waiting(Protocol):
    """Waits a little, or raises when there is no more time."""

    def sleep(self) -> None:
        """Wait a little."""


_EMPTY = r"""
import os, re, shutil

with open("/proc/self/mountinfo") as lines:
    mounts = [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines]
for entry in list(os.scandir(os.path.realpath(DIRECTORY))):
    if any(mount == entry.path or mount.startswith(entry.path + "/") for mount in mounts):
        continue
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path, ignore_errors=True)
    else:
        os.unlink(entry.path)
"""


def emptying(directory: str) -> str:
    """Return a cell that empties a directory, sparing what is mounted inside it and following no link."""
    return _EMPTY.replace("DIRECTORY", repr(directory))


def shared_home(api: Api, namespace: str, user: str) -> str | None:
    """Return where the user's server mounts the user's own directory of a shared volume, if it does."""
    pod = user_pods(api, namespace).get(user)
    if pod is None:
        return None
    for container in pod["spec"]["containers"]:
        for mount in container.get("volumeMounts", ()):
            if PurePosixPath(mount.get("subPath", "")).name in _names(user):
                return str(mount["mountPath"])
    return None


def remove_claims(api: Api, namespace: str, user: str, patience: Waiting) -> None:
    """Delete the user's volume claims that the hub leaves, and wait until all are gone."""
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    while True:
        claims = [
            claim["metadata"]
            for claim in api.items(path)
            if claim["metadata"].get("annotations", {}).get(USERNAME) == user
        ]
        if not claims:
            return
        for claim in claims:
            if "deletionTimestamp" not in claim:
                with suppress(NotFound):
                    api.delete(f"{path}/{claim['name']}")
        patience.sleep()


def _names(user: str) -> set[str]:
    """Return how KubeSpawner writes a user's name in a path: as it is, or all but a-z0-9 escaped."""
    escaped = "".join(c if c.isascii() and (c.islower() or c.isdigit()) else f"-{ord(c):02x}" for c in user)
    return {user, escaped}
