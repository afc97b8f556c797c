"""Hours that a person's servers may run: what the hub-side Python is told, which counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the hub is told of the hours that people have."""
    keys = ("hours", "window_days", "resource", "groups", "admins", "stop")
    told = {key: settings[key] for key in keys}
    return {"jupyterhub": {"custom": {"deployer": {"compute_quota": told}}}}
