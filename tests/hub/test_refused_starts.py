"""Starts that are refused, on a real JupyterHub that ends after a few failures in a row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

OFFICE = "office"
LIMIT = 3
REFUSING = """
from tornado.web import HTTPError

def refuse(spawner):
    print("refused", spawner.user.name, flush=True)
    raise HTTPError(403 if spawner.user.name == "ada" else 500, "no")

c.Spawner.pre_spawn_hook = refuse
"""


@pytest.fixture
def asked(repository: Path) -> dict[str, Any]:
    found = values(repository, "auth: {type: dummy, everybody: true}")
    hub = found["jupyterhub"]["hub"]
    hub["config"]["Spawner"] = {"consecutive_failure_limit": LIMIT}
    hub["services"][OFFICE] = {}
    hub["loadRoles"][OFFICE] = {"services": [OFFICE], "scopes": ["admin:users", "admin:servers"]}
    hub["extraFiles"]["refusing"] = {"mountPath": "/zz-refusing.py", "stringData": REFUSING}
    return found


def test_refusals_end_no_hub_and_failures_do(tmp_path: Path, asked: dict[str, Any]) -> None:
    log = tmp_path / "hub.log"
    with running_hub(tmp_path, asked) as hub:
        for name in ("ada", "eve"):
            hub.api(OFFICE, "POST", f"/users/{name}")
        tries(hub, log, "ada", 2 * LIMIT)
        tries(hub, log, "eve", LIMIT - 1)
        tries(hub, log, "ada", 2 * LIMIT)
        assert "Aborting" not in log.read_text()
        tries(hub, log, "eve", 1)
        assert f"Aborting due to {LIMIT} consecutive spawn failures" in log.read_text()


def tries(hub: RunningHub, log: Path, name: str, times: int) -> None:
    """Ask for somebody's server, again when that was refused."""
    for _time in range(times):
        before = log.read_text().count(f"refused {name}")
        hub.api(OFFICE, "POST", f"/users/{name}/server")
        deadline = time.monotonic() + PATIENCE
        while log.read_text().count(f"refused {name}") == before or pending(hub, name):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def pending(hub: RunningHub, name: str) -> bool:
    return bool(hub.api(OFFICE, "GET", f"/users/{name}").json()["servers"])
