"""People at work on a hub that runs on the local cluster."""

from __future__ import annotations

import base64
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from deployer.interruption import Interruption
from deployer.operations.health.hub_access import front
from deployer.tools.jupyterhub import HubApi, Refused
from deployer.tools.portforward import forwarded
from deployer.tools.process import Programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.tools.kernels import Output
    from tests.cluster.conftest import TestFleet

OFFICE = "office"
PATIENCE = 120

VALUES: dict[str, Any] = {
    "hub": {
        "services": {OFFICE: {"display": False}},
        "loadRoles": {
            OFFICE: {
                "services": [OFFICE],
                "scopes": ["admin:users", "admin:servers", "admin:groups", "access:servers"],
            }
        },
    }
}
"""Values of z2jh for a hub with a service that may do what people do, and put them into groups."""


@contextmanager
def office(fleet: TestFleet, state: Path, hub: str) -> Iterator[HubApi]:
    """The API of a hub as the service that acts for people."""
    secret = fleet.api.get(f"/api/v1/namespaces/{hub}/secrets/hub")["data"]
    token = base64.b64decode(secret[f"hub.services.{OFFICE}.apiToken"]).decode()
    service, port = front(fleet.api, hub)
    programs = Programs(environ=os.environ, interruption=Interruption())
    env = {"KUBECONFIG": str(state / "local" / "kubeconfig")}
    with forwarded(programs, env=env, namespace=hub, target=f"service/{service}", port=port) as local:
        yield HubApi(url=f"http://127.0.0.1:{local}/", token=token)


def admit(api: HubApi, name: str, *groups: str) -> None:
    """Make a user who is in groups of the hub."""
    api.create_user(name)
    for group in groups:
        try:
            api.request("POST", f"hub/api/groups/{group}")
        except Refused as refused:
            if refused.status != 409:  # there already
                raise
        api.request("POST", f"hub/api/groups/{group}/users", body={"users": [name]})


def start(api: HubApi, name: str, **options: Any) -> str:
    """Start somebody's server and return its path."""
    api.start_server(name, options)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server = api.server(name)
        assert server is not None, f"the server of {name} did not start"
        if server.ready:
            return server.path
        time.sleep(0.5)
    raise AssertionError(f"the server of {name} was not ready within {PATIENCE} s")


def run(api: HubApi, name: str, path: str, *cells: str) -> list[Output]:
    """Run cells in a kernel on somebody's server."""
    with api.kernel(name, path) as kernel:
        return [kernel.run(cell, waiting=lambda: None) for cell in cells]
