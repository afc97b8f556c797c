"""Runs a real JupyterHub as z2jh's configuration would, with values from a file and without Kubernetes.

Its proxy keeps routes in memory, and user servers are `user_server.py`: processes on this machine.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jupyterhub.proxy import Proxy

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config

HERE = Path(os.environ["HUB_TEST_SOURCES"])
SHARED = "/usr/local/share/jupyterhub"
# What chart values put below that directory is below the working directory instead.
TEXT = Path(os.environ["HUB_TEST_VALUES"]).read_text().replace(SHARED, str(Path.cwd() / "share"))
VALUES = json.loads(TEXT)["jupyterhub"]
PORT = int(os.environ["HUB_TEST_PORT"])
ROUTES: dict[str, Any] = {}


class ProxyInMemory(Proxy):  # type: ignore[misc]  # JupyterHub is not typed
    """Routes nothing: tests talk to the hub and to user servers directly."""

    async def add_route(self, routespec: str, target: str, data: Any) -> None:
        ROUTES[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec: str) -> None:
        ROUTES.pop(routespec, None)

    async def get_all_routes(self) -> dict[str, Any]:
        return dict(ROUTES)


def look_up(path: str, default: Any = None) -> Any:
    value = VALUES
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def get_config(path: str, default: Any = None) -> Any:
    return look_up(path) or default


z2jh = ModuleType("z2jh")
z2jh.get_config = get_config  # type: ignore[attr-defined]  # as z2jh has it
sys.modules["z2jh"] = z2jh

# ruff: noqa: F821 JupyterHub gives `c`
c.JupyterHub.proxy_class = ProxyInMemory
c.Proxy.should_start = False
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.Spawner.cmd = [sys.executable, str(HERE / "user_server.py")]
c.SimpleLocalProcessSpawner.home_dir_template = f"{Path.cwd()}/{{username}}"

# As z2jh does it: services and roles, hub.config, then the files of jupyterhub_config.d.
c.JupyterHub.services = [
    {"name": name, "api_token": os.environ["HUB_TEST_TOKEN"] + name, **service}
    for name, service in look_up("hub.services", {}).items()
]
c.JupyterHub.load_roles = [{"name": name, **role} for name, role in look_up("hub.loadRoles", {}).items()]
for section, settings in look_up("hub.config", {}).items():
    c[section].update(settings)
c.JupyterHub.authenticate_prometheus = look_up("hub.authenticatePrometheus", True)
c.JupyterHub.template_paths = look_up("hub.templatePaths", [])
c.JupyterHub.template_vars = look_up("hub.templateVars", {})
for file in sorted(look_up("hub.extraFiles", {}).values(), key=lambda file: file["mountPath"]):
    path = Path(file["mountPath"])
    if path.suffix == ".py":
        exec(compile(file["stringData"], file["mountPath"], "exec"))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["stringData"])
