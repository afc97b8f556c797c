"""Images that users have built of repositories, when they start a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of BinderHub as a service; passwords come from an encrypted file.

    What the hub has to know of it is computed (topics/binder.py).
    """
    registry, user = settings["registry"], settings["username"]
    server = f"https://{registry}"
    return {
        "binderhub-service": {
            "enabled": True,
            "config": {
                "BinderHub": {"use_registry": True, "image_prefix": f"{registry}/{settings['prefix']}"},
                # To look whether an image is there already.
                "DockerRegistry": {"url": server, "username": user},
            },
            # To push one.
            "buildPodsRegistryCredentials": {"server": server, "username": user},
        }
    }
