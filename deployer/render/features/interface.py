"""What people see when their server has started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

# The paths at which each is served: the last three by jupyter-server-proxy, from the user's image.
PATHS = {
    "lab": "/lab",
    "notebook": "/tree",
    "rstudio": "/rstudio",
    "desktop": "/desktop",
    "vscode": "/vscode",
}


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the address that a server opens with."""
    return {"jupyterhub": {"singleuser": {"defaultUrl": PATHS[settings["default"]]}}}
