"""Pages of the hub that a community wrote itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.topics.pages import as_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

DIRECTORY = "/usr/local/share/jupyterhub/community-templates"


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the templates as files, found before all others but those of the hub's own `templatePaths`."""
    return {
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"community": DIRECTORY}}},
            "hub": {"extraFiles": as_files(settings.get("files", {}), DIRECTORY, prefix="community")},
        }
    }
