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


def test_homes_on_a_shared_volume_come_along_and_lead_back(fleet: TestFleet, tmp_path: Path) -> None:
    homes = "/srv/homes"
    claim = {"name": "homes", "persistentVolumeClaim": {"claimName": "homes"}}
    storage = {"type": "static", "static": {"pvcName": "homes", "subPath": "{escaped_username}"}}
    mounts = {"extraVolumes": [claim], "extraVolumeMounts": [{"name": "homes", "mountPath": homes}]}
    hub = fleet.add_hub(values={"jupyterhub": people(storage, **mounts)})
    ensure_namespace(fleet.api, hub)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Mi"}}}
    fleet.api.create(
        f"/api/v1/namespaces/{hub}/persistentvolumeclaims", {"metadata": {"name": "homes"}, "spec": spec}
    )
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    call(fleet, hub, "POST", "/users", {"usernames": ["ada@campus.example", "eve"]})
    call(fleet, hub, "POST", "/groups/staff", {"users": ["ada@campus.example"]})
    made = "mkdir ada-40campus-2eexample eve && touch ada-40campus-2eexample/kept eve/kept"
    in_hub(fleet, hub, "sh", "-c", f"cd {homes} && {made}")
    undo = str(tmp_path / "undo.json")

    plan = users_map(fleet, hub, "--rule", "strip-domain")
    assert (plan["applied"], plan["obstacles"]) == (None, [])
    assert [(home["from"], home["to"]) for home in plan["homes"]] == [("ada-40campus-2eexample", "ada")]

    done = users_map(fleet, hub, "--rule", "strip-domain", "--apply", "--start", "--write-undo", undo)
    assert (done["applied"]["users"], done["applied"]["homes"]) == (1, 1)
    assert names(fleet, hub) == ["ada", "eve"]
    assert call(fleet, hub, "GET", "/groups/staff")["users"] == ["ada"]
    assert in_hub(fleet, hub, "sh", "-c", f"cd {homes} && ls -d */kept").split() == ["ada/kept", "eve/kept"]

    users_map(fleet, hub, "--undo", undo, "--apply", "--start", "--write-undo", str(tmp_path / "undone.json"))
    assert names(fleet, hub) == ["ada@campus.example", "eve"]
    found = in_hub(fleet, hub, "sh", "-c", f"cd {homes} && ls -d */kept").split()
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
