"""Pages of the hub that a community wrote itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up
from deployer.render.topics.pages import as_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

DIRECTORY = "/usr/local/share/jupyterhub/community-templates"
IMAGE_DIRECTORY = "/usr/local/share/jupyterhub/image-templates"
"""Where the hub has what an image brings. It is a volume, so files of `DIRECTORY` cannot lie in it."""

_NAME = "image-templates"
_COPIED = "/copied"
_COPY = 'cp -RLf -- "$0/." "$1" && chmod -R u+w,a+rX "$1"/*'
"""Follows links, since nothing else of the image comes along.

A pod that is started again has the files of the first time, so they are made writable; the volume itself is
root's. Nothing to copy is an error.
"""


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the templates, found before all others but those of the hub's own `templatePaths`.

    Files of the fleet come before those of an image, so that a hub may have a page of its own among those
    that many share.
    """
    found: dict[str, str] = {}
    hub: dict[str, Any] = {}
    if "directory" in settings:
        found["community"] = DIRECTORY
        hub["extraFiles"] = as_files(settings.get("files", {}), DIRECTORY, prefix="community")
    if "image" in settings:
        found["image"] = IMAGE_DIRECTORY
        hub |= {key: [*_of_presets(subject, key), entry] for key, entry in entries(settings).items()}
    return {"jupyterhub": {"custom": {"deployer": {"templates": found}}, "hub": hub}}


def entries(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what templates of an image need in lists of the chart's `hub`, by the key of the list."""
    if "image" not in settings:
        return {}
    return {
        "initContainers": {
            "name": _NAME,
            "image": settings["image"],
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", _COPY, settings["image_directory"].rstrip("/"), _COPIED],
            "volumeMounts": [{"name": _NAME, "mountPath": _COPIED}],
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "500m", "memory": "64Mi"},
            },
            "securityContext": {
                # As the hub, which reads the files.
                "runAsUser": 1000,
                "runAsGroup": 1000,
                "runAsNonRoot": True,
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
        "extraVolumes": {"name": _NAME, "emptyDir": {"sizeLimit": "64Mi"}},
        "extraVolumeMounts": {"name": _NAME, "mountPath": IMAGE_DIRECTORY, "readOnly": True},
    }


def _of_presets(subject: Subject, key: str) -> list[Any]:
    """Return what presets have in a list, which this feature's would replace."""
    for preset in reversed(subject.hub.presets):
        hub = look_up(preset.document.data, ("jupyterhub", "hub"))
        if isinstance(hub, dict) and key in hub:
            return hub[key] if isinstance(hub[key], list) else []
    return []
