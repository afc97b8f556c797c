"""A site of static files beside the hub, for people who are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_KEYS = {
    "repository": "repository",
    "branch": "branch",
    "directory": "directory",
    "path": "path",
    "groups": "groups",
    "isolated": "isolated",
    "known_hosts": "knownHosts",
}


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that switch the site on; what it has to know of the hub is computed."""
    said = {there: settings[here] for here, there in _KEYS.items() if here in settings}
    return {
        "site": {
            "enabled": True,
            **said,
            "periodSeconds": settings["minutes"] * 60,
            "size": f"{settings['size_gb']}Gi",
        }
    }
