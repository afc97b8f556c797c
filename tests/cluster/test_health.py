"""The check user's journey on real hubs: it passes, tells what is wrong when not, and leaves nothing."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet.model import HealthCheck
from deployer.interruption import Interruption
from deployer.operations.access import Connection
from deployer.operations.health.hub_access import hub_api
from deployer.operations.hub_pods import user_pods
from deployer.tools.jupyterhub import Refused
from deployer.tools.kubernetes import ensure_namespace
from deployer.tools.process import Programs
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.tools.jupyterhub import HubApi
    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster

USER = HealthCheck().user
STEPS = [
    "reach hub",
    "create user",
    "start server",
    "start kernel",
    "run cells",
    "stop server",
    "remove user and home",
]


@pytest.fixture
def hub(fleet: TestFleet) -> str:
    """A hub that is deployed."""
    name = fleet.add_hub()
    assert fleet.deployed(name, "--skip-health-check")["ok"]
    return name


def checked(fleet: TestFleet, *hubs: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Run `deployer health`, and return its results by hub."""
    done = fleet.run("health", "test", *hubs, "--output", "json")
    assert done.returncode == code, done.stderr
    return {result["hub"]: result for result in json.loads(done.stdout)["hubs"]}


@contextmanager
def as_health_service(fleet: TestFleet, state: Path, hub: str) -> Iterator[HubApi]:
    """The hub's API with the token of the health check."""
    kubeconfig = state / "local" / "kubeconfig"
    programs = Programs(environ=os.environ, interruption=Interruption())
    env = {"KUBECONFIG": str(kubeconfig)}
    connection = Connection(api=fleet.api, kubeconfig=kubeconfig, env=env, programs=programs)
    with hub_api(connection, hub) as client:
        yield client


def nothing_is_left(fleet: TestFleet, state: Path, hub: str) -> None:
    """Assert that neither pod nor volume claim nor account of the check user is there."""
    assert USER not in user_pods(fleet.api, hub)
    claims = fleet.api.items(f"/api/v1/namespaces/{hub}/persistentvolumeclaims")
    assert [claim for claim in claims if USER in claim["metadata"].get("annotations", {}).values()] == []
    with as_health_service(fleet, state, hub) as client:
        assert not client.exists(USER)


def test_the_journey_passes_and_leaves_nothing(fleet: TestFleet, state: Path, hub: str) -> None:
    result = checked(fleet, hub)[hub]
    assert result["ok"], result
    assert [step["name"] for step in result["steps"]] == STEPS
    nothing_is_left(fleet, state, hub)
    assert fleet.lease(hub)["spec"].get("holderIdentity", "") == ""


def test_the_summary_goes_to_stdout_and_talk_to_stderr(fleet: TestFleet, hub: str) -> None:
    done = fleet.run("health", "test", hub)
    assert done.returncode == 0, done.stderr
    first, *steps = done.stdout.splitlines()
    assert first.split()[:2] == [hub, "healthy"]
    assert [line[2:24].strip() for line in steps] == STEPS
    assert f"{hub}: start server ..." in done.stderr


def test_a_home_on_a_volume_of_its_own_goes_with_the_user(fleet: TestFleet, state: Path) -> None:
    storage = {"type": "dynamic", "capacity": "100Mi"}
    hub = fleet.add_hub(values={"jupyterhub": {"singleuser": {"storage": storage}}})
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    result = checked(fleet, hub)[hub]
    assert result["ok"], result
    nothing_is_left(fleet, state, hub)


def test_a_home_on_a_shared_volume_is_emptied_and_its_neighbours_are_not(
    fleet: TestFleet, state: Path
) -> None:
    """Homes as on NFS: one claim for all, a directory a user, and a directory shared by all inside each."""
    homes = "/srv/homes"
    claim = {"name": "homes", "persistentVolumeClaim": {"claimName": "homes"}}
    values = {
        "hub": {
            "extraVolumes": [claim],
            "extraVolumeMounts": [{"name": "homes", "mountPath": homes}],
        },
        "singleuser": {
            "storage": {
                "type": "static",
                "static": {"pvcName": "homes", "subPath": "{username}"},
                "extraVolumeMounts": [
                    {"name": "home", "mountPath": "/home/jovyan/shared", "subPath": "_shared"}
                ],
            }
        },
    }
    hub = fleet.add_hub(values={"jupyterhub": values})
    ensure_namespace(fleet.api, hub)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Mi"}}}
    fleet.api.create(
        f"/api/v1/namespaces/{hub}/persistentvolumeclaims", {"metadata": {"name": "homes"}, "spec": spec}
    )
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    in_hub(fleet, hub, f"mkdir -p {homes}/_shared {homes}/ada; touch {homes}/_shared/kept {homes}/ada/kept")

    result = checked(fleet, hub)[hub]

    assert "empty home" in [step["name"] for step in result["steps"]]
    assert in_hub(fleet, hub, f"cd {homes}; find . -type f").split() == ["./_shared/kept", "./ada/kept"]
    nothing_is_left(fleet, state, hub)


def in_hub(fleet: TestFleet, hub: str, command: str) -> str:
    """Run a shell command in the hub's pod."""
    kubectl = ["kubectl", "--namespace", hub, "exec", "deployment/hub", "--"]
    done = fleet.run("shell", "test", "--", *kubectl, "sh", "-c", f"({command}) | sort")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(
    fleet: TestFleet, state: Path, hub: str, number: signal.Signals
) -> None:
    with fleet.start("health", "test", hub) as process:
        wait_for(lambda: USER in user_pods(fleet.api, hub), "the check user's server starts")
        process.send_signal(number)
        _out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "error: interrupted"
    nothing_is_left(fleet, state, hub)


def test_a_way_to_the_hub_that_breaks_is_opened_again(fleet: TestFleet, state: Path, hub: str) -> None:
    """kubectl ends when any server resets any connection through it."""
    with fleet.start("health", "test", hub) as process:
        wait_for(lambda: USER in user_pods(fleet.api, hub), "the check user's server starts")
        (way,) = children(process.pid, "port-forward")
        os.kill(way, signal.SIGKILL)
        _out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    nothing_is_left(fleet, state, hub)


def children(pid: int, word: str) -> list[int]:
    """Return the children of a process that have a word among their arguments."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    found = [int(child) for task in tasks for child in _read(task / "children").split()]
    return [child for child in found if word in _read(Path(f"/proc/{child}/cmdline")).split("\0")]


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return ""


def test_what_a_killed_check_left_is_removed_by_the_next(fleet: TestFleet, state: Path, hub: str) -> None:
    with fleet.start("health", "test", hub) as process:
        wait_for(lambda: USER in user_pods(fleet.api, hub), "the check user's server starts")
        process.kill()
    done = fleet.run("health", "test", hub)
    assert done.returncode == 0, done.stderr
    assert f"user {USER} is left over from a check that was killed; removing it first" in done.stderr
    nothing_is_left(fleet, state, hub)


def test_one_failing_hub_is_diagnosed_and_does_not_stop_the_other(
    fleet: TestFleet, state: Path, hub: str
) -> None:
    image = {"name": "localhost/no-such-image", "tag": "1", "pullPolicy": "Never"}
    bad = fleet.add_hub("bad", {"jupyterhub": {"singleuser": {"image": image}}})
    assert fleet.deployed(bad, "--skip-health-check")["ok"]

    results = checked(fleet, bad, hub, code=1)

    assert results[hub]["ok"], results[hub]
    assert not results[bad]["ok"]
    assert results[bad]["error"].startswith("the server will not start: pod jupyter-")
    diagnosis = results[bad]["diagnosis"]
    assert "ErrImageNeverPull" in diagnosis[0]
    assert diagnosis[1] == "likely cause: the image is not on the node, and its pull policy is `Never`"
    assert any("localhost/no-such-image:1" in line for line in diagnosis)
    nothing_is_left(fleet, state, bad)


def test_a_profile_is_chosen_by_its_slug(fleet: TestFleet, hub: str) -> None:
    profiles = [
        {"display_name": "Broken", "slug": "broken", "kubespawner_override": {"image": "no/such:image"}},
        {"display_name": "Good", "slug": "good"},
    ]
    fleet.set_values(hub, {"jupyterhub": {"singleuser": {"profileList": profiles}}})
    path = fleet.root / "config/clusters/test/cluster.yaml"
    cluster = yaml.safe_load(path.read_text())
    cluster["hubs"][0]["health"] = {"profile": "good"}
    path.write_text(yaml.safe_dump(cluster))
    assert fleet.deployed(hub)["ok"]


def test_a_hub_that_is_not_deployed_is_told_so(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    done = fleet.run("health", "test", hub)
    assert done.returncode == 1
    assert f"{hub}: not deployed" in done.stderr
    assert f"hint: run `deployer deploy test {hub}`" in done.stderr


def test_the_token_opens_nothing_else(fleet: TestFleet, state: Path, hub: str) -> None:
    calls = [
        "GET users/ada",
        "POST users/ada",
        "DELETE users/ada",
        "POST users/ada/server",
        "DELETE users/ada/server",
        "GET users/ada/tokens",
        "POST users/ada/tokens",
        f"POST users/{USER}/tokens",
        "GET groups",
        "GET services",
        "GET proxy",
        "GET info",
        "POST shutdown",
    ]
    with as_health_service(fleet, state, hub) as client:
        assert {call: status(client, *call.split()) in {403, 404} for call in calls} == dict.fromkeys(
            calls, True
        )


def status(client: HubApi, method: str, path: str) -> int:
    try:
        return client.request(method, f"hub/api/{path}").status_code
    except Refused as refused:
        return refused.status


def test_logs_of_hub_proxy_and_users(fleet: TestFleet, state: Path, hub: str) -> None:
    assert "JupyterHub is now running" in fleet.run("logs", "test", hub).stdout
    assert "ConfigProxy" in fleet.run("logs", "test", hub, "proxy").stdout
    with as_health_service(fleet, state, hub) as client:
        client.create_user(USER)
        client.start_server(USER, {})
        assert list(client.progress(USER))[-1].ready
        log = fleet.run("logs", "test", hub, USER, "--tail", "3")
        assert (log.returncode, len(log.stdout.splitlines())) == (0, 3)
        near = fleet.run("logs", "test", hub, USER[:-1])
    assert (near.returncode, near.stdout) == (1, "")
    assert f"hint: did you mean `{USER}`?" in near.stderr


def test_following_a_log_ends_with_ctrl_c(fleet: TestFleet, hub: str) -> None:
    with fleet.start("logs", "test", hub, "--follow") as process:
        assert process.stdout
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
