"""Other names for the users of real hubs: their homes and permissions come along, and lead back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.tools.kubernetes import ensure_namespace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster

ADMIN = "an-admin-service"
CALL = """
import json, os, sys, urllib.request
method, path, body = sys.argv[1:]
request = urllib.request.Request(
    "http://127.0.0.1:8081/hub/api" + path,
    data=body.encode() or None,
    method=method,
    headers={"Authorization": "token " + open(TOKEN).read().strip()},
)
print(urllib.request.urlopen(request).read().decode())
""".replace("TOKEN", f'"/usr/local/etc/jupyterhub/secret/hub.services.{ADMIN}.apiToken"')


def people(storage: dict[str, Any], **hub: Any) -> dict[str, Any]:
    """A hub whose database lasts, and a service that may make users."""
    return {
        "hub": {
            "db": {"type": "sqlite-pvc", "pvc": {"storage": "100Mi"}},
            "services": {ADMIN: {}},
            "loadRoles": {ADMIN: {"services": [ADMIN], "scopes": ["admin:users", "admin:groups"]}},
            **hub,
        },
        "singleuser": {"storage": storage},
    }


HOMES = "/srv/homes"


def in_hub(fleet: TestFleet, hub: str, *command: str) -> str:
    """Run a command in the hub's pod."""
    kubectl = ["kubectl", "--namespace", hub, "exec", "deployment/hub", "--", *command]
    done = fleet.run("shell", "test", "--", *kubectl)
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(fleet: TestFleet, hub: str, method: str, path: str, body: Any = None) -> Any:
    """Call JupyterHub's API from inside the hub's pod."""
    text = json.dumps(body) if body is not None else ""
    answer = in_hub(fleet, hub, "python3", "-c", CALL, method, path, text)
    return json.loads(answer) if answer.strip() else None


def names(fleet: TestFleet, hub: str) -> list[str]:
    return sorted(user["name"] for user in call(fleet, hub, "GET", "/users"))


def users_map(fleet: TestFleet, hub: str, *argv: str) -> dict[str, Any]:
    done = fleet.run("users", "map", "test", hub, "--output", "json", *argv)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def hub_with_shared_homes(fleet: TestFleet, **entry: Any) -> str:
    """Deploy a hub whose own pod sees all homes, at `HOMES`."""
    claim = {"name": "homes", "persistentVolumeClaim": {"claimName": "homes"}}
    storage = {"type": "static", "static": {"pvcName": "homes", "subPath": "{escaped_username}"}}
    mounts = {"extraVolumes": [claim], "extraVolumeMounts": [{"name": "homes", "mountPath": HOMES}]}
    hub = fleet.add_hub(values={"jupyterhub": people(storage, **mounts)}, **entry)
    ensure_namespace(fleet.api, hub)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Mi"}}}
    fleet.api.create(
        f"/api/v1/namespaces/{hub}/persistentvolumeclaims", {"metadata": {"name": "homes"}, "spec": spec}
    )
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    return hub


def test_homes_on_a_shared_volume_come_along_and_lead_back(fleet: TestFleet, tmp_path: Path) -> None:
    hub = hub_with_shared_homes(fleet)
    call(fleet, hub, "POST", "/users", {"usernames": ["ada@campus.example", "eve"]})
    call(fleet, hub, "POST", "/groups/staff", {"users": ["ada@campus.example"]})
    made = "mkdir ada-40campus-2eexample eve && touch ada-40campus-2eexample/kept eve/kept"
    in_hub(fleet, hub, "sh", "-c", f"cd {HOMES} && {made}")
    undo = str(tmp_path / "undo.json")

    plan = users_map(fleet, hub, "--rule", "strip-domain")
    assert (plan["applied"], plan["obstacles"]) == (None, [])
    assert [(home["from"], home["to"]) for home in plan["homes"]] == [("ada-40campus-2eexample", "ada")]

    done = users_map(fleet, hub, "--rule", "strip-domain", "--apply", "--start", "--write-undo", undo)
    assert (done["applied"]["users"], done["applied"]["homes"]) == (1, 1)
    assert names(fleet, hub) == ["ada", "eve"]
    assert call(fleet, hub, "GET", "/groups/staff")["users"] == ["ada"]
    assert in_hub(fleet, hub, "sh", "-c", f"cd {HOMES} && ls -d */kept").split() == ["ada/kept", "eve/kept"]

    users_map(fleet, hub, "--undo", undo, "--apply", "--start", "--write-undo", str(tmp_path / "undone.json"))
    assert names(fleet, hub) == ["ada@campus.example", "eve"]
    found = in_hub(fleet, hub, "sh", "-c", f"cd {HOMES} && ls -d */kept").split()
    assert found == ["ada-40campus-2eexample/kept", "eve/kept"]


def test_a_hub_that_waits_for_its_deploy_is_started_by_it(fleet: TestFleet, tmp_path: Path) -> None:
    hub = fleet.add_hub(values={"jupyterhub": people({"type": "none"})})
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    call(fleet, hub, "POST", "/users", {"usernames": ["ada@campus.example"]})
    done = users_map(
        fleet, hub, "--rule", "strip-domain", "--apply", "--write-undo", str(tmp_path / "undo.json")
    )
    assert done["applied"]["hub_runs"] is False
    deployment = f"/apis/apps/v1/namespaces/{hub}/deployments/hub"
    assert fleet.api.get(deployment)["spec"]["replicas"] == 0

    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    assert fleet.api.get(deployment)["spec"]["replicas"] == 1
    assert names(fleet, hub) == ["ada"]


def archive(fleet: TestFleet, hub: str, *argv: str) -> dict[str, tuple[str, int]]:
    """Archive homes of those who left; return what became of each, and how many bytes it had."""
    done = fleet.run("users", "archive", "test", hub, "--output", "json", "--yes", *argv)
    assert done.returncode == 0, done.stderr
    homes = json.loads(done.stdout)["applied"]["homes"]
    return {home["user"]: (home["status"], home.get("home_bytes", 0)) for home in homes}


def test_homes_of_those_who_left_are_archived_beside_the_running_hub(fleet: TestFleet) -> None:
    cohort = {"users": ["ada@campus.example", "bob", "zoe"], "keep": ["bob"], "until": "2020-01-01"}
    hub = hub_with_shared_homes(fleet, features={"cohort": cohort})
    made = "mkdir -p ada-40campus-2eexample bob _shared && cp /etc/passwd ada-40campus-2eexample/work"
    in_hub(fleet, hub, "sh", "-c", f"cd {HOMES} && {made} && echo x > bob/work")
    size = len(in_hub(fleet, hub, "cat", "/etc/passwd"))

    done = fleet.run("users", "leavers", "test", hub, "--output", "json")
    assert done.returncode == 0, done.stderr
    assert [each["user"] for each in json.loads(done.stdout)["leavers"]] == ["ada@campus.example", "zoe"]

    ada = "ada@campus.example"
    assert archive(fleet, hub) == {ada: ("archived", size), "zoe": ("absent", 0)}
    assert homes_there(fleet, hub) == ["_archived", "_shared", "ada-40campus-2eexample", "bob"]
    assert archive(fleet, hub, "--remove-homes") == {ada: ("removed", size), "zoe": ("absent", 0)}
    assert homes_there(fleet, hub) == ["_archived", "_shared", "bob"]
    assert archive(fleet, hub, "--remove-homes") == {ada: ("removed", size), "zoe": ("absent", 0)}
    # The hub ran all the time, and whoever has a server cannot look into archives.
    assert ada in names(fleet, hub)
    refused = in_hub(fleet, hub, "sh", "-c", f"ls {HOMES}/_archived 2>&1 || true")
    assert "Permission denied" in refused


def homes_there(fleet: TestFleet, hub: str) -> list[str]:
    return sorted(in_hub(fleet, hub, "ls", HOMES).split())
