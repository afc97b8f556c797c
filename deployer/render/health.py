"""What the health check is allowed on a hub, and under which names."""

from __future__ import annotations

from typing import Any

SERVICE = "deployer-health"
"""The JupyterHub service that the health check acts as, and its role. z2jh makes a token for it.

Not the check user's name: JupyterHub refuses to delete a user of the requester's own name.
"""

TOKEN_KEY = f"hub.services.{SERVICE}.apiToken"
"""Where z2jh keeps that token in the hub's Secret."""


def scopes(user: str) -> list[str]:
    """Return what the service may do: everything with the check user's account and server, nothing else.

    Creating an account takes `admin:users`; JupyterHub has no narrower scope. What that opens beyond the
    check user is shut by the chart's hub-side Python (files/hub/health_check.py).
    """
    return [f"admin:users!user={user}", f"servers!user={user}", f"access:servers!user={user}"]


def values(user: str) -> dict[str, Any]:
    """Return the values of the chart `jupyterhub` that let the service check the hub as `user`."""
    return {
        "custom": {"deployer": {"health_check": {"service": SERVICE, "user": user}}},
        "hub": {
            "services": {SERVICE: {}},
            "loadRoles": {SERVICE: {"services": [SERVICE], "scopes": scopes(user)}},
        },
    }
