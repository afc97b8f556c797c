"""Stop what nobody uses: z2jh's culling of servers, and Jupyter Server's own of kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_MOST_SECONDS_BETWEEN = 600
_SERVER_CONFIG = "/usr/local/etc/jupyter/jupyter_server_config.d/deployer-culling.json"


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that stop idle servers, old ones, and idle kernels."""
    idle = settings["idle_minutes"] * 60
    cull = {
        "enabled": True,
        "timeout": idle,
        # Often enough that a server runs at most a tenth longer than was said.
        "every": min(_MOST_SECONDS_BETWEEN, max(60, idle // 10)),
        "maxAge": settings["max_hours"] * 3600,
        "users": settings["remove_users"],
    }
    return {"jupyterhub": {"cull": cull, **_kernels(settings["kernel_minutes"] * 60)}}


def _kernels(idle: int) -> dict[str, Any]:
    if not idle:
        return {}
    kernels = {
        "cull_idle_timeout": idle,
        "cull_interval": min(300, idle),
        # A browser tab that is left open is no use of a kernel.
        "cull_connected": True,
    }
    file = {"mountPath": _SERVER_CONFIG, "data": {"MappingKernelManager": kernels}}
    return {"singleuser": {"extraFiles": {"deployer-culling": file}}}
