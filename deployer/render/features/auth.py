"""Sign-in: who may log in, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.computed import Subject

_NAMES = {
    "admins": "admin_users",
    "users": "allowed_users",
    "blocked": "blocked_users",
    "everybody": "allow_all",
}


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of JupyterHub's authenticator."""
    config = {
        "JupyterHub": {"authenticator_class": settings["type"]},
        "Authenticator": {key: settings[name] for name, key in _NAMES.items() if name in settings},
    }
    return {"jupyterhub": {"hub": {"config": config}}}
