"""All hub-side Python together on a real JupyterHub, as a browser sees it. Nothing is started here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from deployer.fleet.uptime import checks
from deployer.render import health
from deployer.render.merge import Layer, merge
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

WITHOUT_A_CLUSTER = """
import kubespawner.spawner
kubespawner.spawner.load_config = lambda **_settings: None
kubespawner.spawner.shared_client = lambda _name: None
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
"""
HUB_VALUES = {
    "custom": {"deployer": {"staff": ["operator"]}, "homepage": {"templateVars": {"org": {"name": "Us"}}}},
    "hub": {
        "config": {
            "JupyterHub": {"authenticator_class": "dummy", "load_groups": {"large": {"users": ["alice"]}}},
            "DummyAuthenticator": {"allow_all": True, "admin_users": ["somebody"]},
            "KubeSpawner": {"profile_list": [{"display_name": "Large", "allowed_groups": ["Large"]}]},
        },
        "services": {"an-admin-service": {}},
        "loadRoles": {"lister": {"services": ["an-admin-service"], "scopes": ["admin:users"]}},
    },
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[RunningHub]:
    files = {"cluster": {"mountPath": "/00-cluster.py", "stringData": WITHOUT_A_CLUSTER}}
    for source in (repository / "helm-charts/basehub/files/hub").glob("*.py"):
        files[source.stem] = {"mountPath": f"/10-{source.name}", "stringData": source.read_text()}
    layers = [
        Layer(name="health check", values=health.values("the-check-user")),
        Layer(name="hub-side Python", values={"hub": {"extraFiles": files}}),
        Layer(name="hub", values=HUB_VALUES),
    ]
    with running_hub(tmp_path_factory.mktemp("hub"), {"jupyterhub": merge(layers).values}) as running:
        yield running


def spawn_page(hub: RunningHub, name: str) -> requests.Response:
    """Log in and ask for the page on which servers are chosen."""
    with requests.Session() as browser:
        browser.get(f"{hub.url}/hub/login", timeout=PATIENCE)
        form = {"username": name, "password": "any", "_xsrf": browser.cookies.get("_xsrf", path="/hub/")}
        browser.post(f"{hub.url}/hub/login?next=/hub/home", data=form, timeout=PATIENCE)
        return browser.get(f"{hub.url}/hub/spawn", timeout=PATIENCE)


def test_who_is_offered_a_profile_can_choose_it(hub: RunningHub) -> None:
    page = spawn_page(hub, "alice")
    assert page.status_code == 200
    assert "Large" in page.text


def test_who_is_offered_none_is_told_why_on_the_page(hub: RunningHub) -> None:
    page = spawn_page(hub, "bob")
    assert page.status_code == 403
    assert "None of this hub&#39;s servers is offered to your groups (none)." in page.text.replace(
        "&#x27;", "&#39;"
    )


def test_staff_are_admins_when_they_come(hub: RunningHub) -> None:
    for name in ("operator", "somebody", "bob"):
        hub.log_in(name)
    users = {user["name"]: user["admin"] for user in hub.api("an-admin-service", "GET", "/users").json()}
    assert {name: users[name] for name in ("operator", "somebody", "bob")} == {
        "operator": True,
        "somebody": True,
        "bob": False,
    }


def test_a_hub_is_known_by_its_answer_to_who_looks_from_outside(hub: RunningHub) -> None:
    (check,) = checks(fleets.cluster("gcp", fleets.hub()))
    answer = requests.get(f"{hub.url}{check.path}", timeout=PATIENCE, allow_redirects=False)
    assert answer.status_code == check.status
    assert check.header
    assert answer.headers[check.header]
