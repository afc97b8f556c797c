"""What the health check may do on a real JupyterHub: all it needs for its own user, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from deployer.render import health
from deployer.render.merge import Layer, merge
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

CHECK, ALICE = "the-check-user", "alice"
ADMIN = "an-admin-service"

HUB_VALUES = {
    "hub": {
        "config": {
            "JupyterHub": {"authenticator_class": "dummy", "load_groups": {"a-group": {"users": [ALICE]}}},
            "Authenticator": {"allowed_users": [ALICE], "blocked_users": ["mallory"]},
            "DummyAuthenticator": {"allow_all": True},
        },
        "services": {ADMIN: {}},
        "loadRoles": {ADMIN: {"services": [ADMIN], "scopes": ["admin:users", "admin:servers", "proxy"]}},
    }
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[RunningHub]:
    source = repository / "helm-charts/basehub/files/hub/health_check.py"
    files = {"health_check": {"mountPath": "/10-health_check.py", "stringData": source.read_text()}}
    layers = [
        Layer(name="health check", values=health.values(CHECK)),
        Layer(name="hub-side Python", values={"hub": {"extraFiles": files}}),
        Layer(name="hub", values=HUB_VALUES),
    ]
    with running_hub(tmp_path_factory.mktemp("hub"), {"jupyterhub": merge(layers).values}) as running:
        yield running


@pytest.fixture(scope="module")
def alices_server(hub: RunningHub) -> str:
    """Where the server of another user is, which runs."""
    return start_server(hub, ADMIN, ALICE)


@pytest.fixture
def check_user(hub: RunningHub) -> Iterator[None]:
    assert as_check(hub, "POST", f"/users/{CHECK}").status_code == 201
    yield
    hub.api(ADMIN, "DELETE", f"/users/{CHECK}")


def as_check(hub: RunningHub, method: str, path: str, body: object = None) -> requests.Response:
    return hub.api(health.SERVICE, method, path, body)


def start_server(hub: RunningHub, service: str, user: str) -> str:
    """Start a user's server and return the URL of what it guards."""
    assert hub.api(service, "POST", f"/users/{user}/server").status_code in {201, 202}
    wait_for(lambda: hub.api(service, "GET", f"/users/{user}").json()["servers"][""]["ready"])
    route = f"/user/{user}/"
    return f"{hub.api(ADMIN, 'GET', '/proxy').json()[route]['target']}{route}guarded"


def visit(hub: RunningHub, url: str) -> requests.Response:
    headers = {"Authorization": f"token {hub.token}{health.SERVICE}"}
    return requests.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_its_own_user_can_be_created_work_on_a_server_and_go(hub: RunningHub) -> None:
    assert as_check(hub, "POST", f"/users/{CHECK}").status_code == 201
    guarded = start_server(hub, health.SERVICE, CHECK)
    assert visit(hub, guarded).json() == {"admitted": health.SERVICE}
    assert as_check(hub, "DELETE", f"/users/{CHECK}/server").status_code in {202, 204}
    wait_for(lambda: not as_check(hub, "GET", f"/users/{CHECK}").json()["servers"])
    assert as_check(hub, "DELETE", f"/users/{CHECK}").status_code == 204
    assert as_check(hub, "GET", f"/users/{CHECK}").status_code == 404


@pytest.mark.usefixtures("alices_server", "check_user")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/users/{ALICE}", None),
        ("PATCH", f"/users/{ALICE}", {"name": "bob"}),
        ("DELETE", f"/users/{ALICE}", None),
        ("POST", f"/users/{ALICE}/activity", {"last_activity": "2026-01-01T00:00:00Z"}),
        ("POST", f"/users/{ALICE}/server", None),
        ("POST", f"/users/{ALICE}/servers/named", None),
        ("DELETE", f"/users/{ALICE}/server", None),
        ("GET", f"/users/{ALICE}/server/progress", None),
        ("GET", f"/users/{ALICE}/tokens", None),
        ("POST", f"/users/{ALICE}/tokens", None),
        ("POST", "/users/bob", None),
        ("POST", "/users", {"usernames": ["bob"]}),
        ("POST", f"/users/{CHECK}/tokens", None),
        ("PATCH", f"/users/{CHECK}", {"admin": True}),
        ("PATCH", f"/users/{CHECK}", {"name": "bob"}),
        ("PATCH", f"/users/{CHECK}", {"groups": ["a-group"]}),
        ("POST", f"/shares/{ALICE}/", {"user": CHECK}),
        ("GET", f"/shares/{ALICE}/", None),
        ("GET", "/groups", None),
        ("GET", "/groups/a-group", None),
        ("POST", "/groups/another", None),
        ("POST", "/groups/a-group/users", {"users": [CHECK]}),
        ("GET", "/services", None),
        ("GET", "/proxy", None),
        ("GET", "/info", None),
        ("POST", "/shutdown", None),
    ],
)
def test_everything_else_is_refused(hub: RunningHub, method: str, path: str, body: object) -> None:
    assert as_check(hub, method, path, body).status_code in {403, 404}


def test_a_list_of_users_shows_only_its_own(hub: RunningHub, check_user: None) -> None:
    assert [user["name"] for user in as_check(hub, "GET", "/users").json()] == [CHECK]


def test_another_users_server_does_not_admit_it(hub: RunningHub, alices_server: str) -> None:
    assert visit(hub, alices_server).status_code == 403


def test_nobody_can_log_in_as_the_check_user(hub: RunningHub, check_user: None) -> None:
    """Whoever could would have a person's session, and what checks are exempt from."""
    assert hub.log_in(CHECK).status_code == 403
    assert hub.log_in(ALICE).status_code == 302


def test_those_whom_the_hub_blocks_stay_blocked(hub: RunningHub) -> None:
    assert hub.log_in("mallory").status_code == 403
