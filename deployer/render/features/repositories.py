"""Repositories that are in every home when a server starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SCRIPT = "/usr/local/share/deployer/pull-repositories"
_SOURCE = "user/pull-repositories"


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hook that pulls beside the start of a server, in the user's own container."""
    pulled = settings["directories"]
    if not pulled:
        return {}
    each = [part for name, one in sorted(pulled.items()) for part in (one["url"], one["branch"], name)]
    command = ["sh", _SCRIPT, str(settings["seconds"]), *each]
    script = {"mountPath": _SCRIPT, "stringData": subject.chart_files[_SOURCE]}
    return {
        "jupyterhub": {
            "singleuser": {
                "extraFiles": {"deployer-pull-repositories": script},
                "lifecycleHooks": {"postStart": {"exec": {"command": command}}},
            }
        }
    }
