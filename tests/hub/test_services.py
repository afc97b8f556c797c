"""Services and OAuth clients on a real JupyterHub: what they may do, and who may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

BACK = "https://{}.example.org/back"
ASKED = f"""
auth: {{type: dummy, everybody: true}}
features:
  services:
    sync: {{scopes: ["list:users", "read:groups!group=staff"]}}
  identity_provider:
    wiki: {{redirect_url: "{BACK.format("wiki")}", confirm: false}}
    forge: {{redirect_url: "{BACK.format("forge")}", confirm: false, groups: [staff]}}
  metrics: true
"""
OWN = """
jupyterhub:
  hub:
    config:
      JupyterHub: {load_groups: {staff: {users: [ada]}, students: {users: [bob]}}}
      DummyAuthenticator: {allow_all: true}
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), values(repository, ASKED, own=OWN)) as running:
        yield running


def logged_in(hub: RunningHub, name: str) -> requests.Session:
    browser = requests.Session()
    browser.get(f"{hub.url}/hub/login", timeout=PATIENCE)
    form = {"_xsrf": browser.cookies.get("_xsrf", path="/hub/") or "", "username": name, "password": "any"}
    answer = browser.post(f"{hub.url}/hub/login", data=form, timeout=PATIENCE, allow_redirects=False)
    assert answer.status_code == 302
    return browser


def who_logs_in(hub: RunningHub, service: str, name: str) -> Any:
    """Go the way of OAuth as a browser and the service do; return what the service learns, or the refusal."""
    client, back = f"service-{service}", BACK.format(service)
    query = {"client_id": client, "response_type": "code", "redirect_uri": back, "state": "a-state"}
    url = f"{hub.url}/hub/api/oauth2/authorize"
    answer = logged_in(hub, name).get(url, params=query, timeout=PATIENCE, allow_redirects=False)
    if answer.status_code != 302:
        return answer.status_code
    sent = urlsplit(answer.headers["Location"])
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == back
    form = {
        "client_id": client,
        "client_secret": f"{hub.token}{service}",
        "grant_type": "authorization_code",
        "code": parse_qs(sent.query)["code"][0],
        "redirect_uri": back,
    }
    token = requests.post(f"{hub.url}/hub/api/oauth2/token", data=form, timeout=PATIENCE).json()
    headers = {"Authorization": f"token {token['access_token']}"}
    learned = requests.get(f"{hub.url}/hub/api/user", headers=headers, timeout=PATIENCE).json()
    return {key: learned[key] for key in ("name", "groups") if key in learned}


def test_everybody_logs_in_at_a_service_that_is_for_everybody(hub: RunningHub) -> None:
    assert who_logs_in(hub, "wiki", "bob") == {"name": "bob", "groups": ["students"]}
    assert who_logs_in(hub, "wiki", "eve") == {"name": "eve", "groups": []}


def test_a_service_for_a_group_admits_its_members_alone(hub: RunningHub) -> None:
    assert who_logs_in(hub, "forge", "ada") == {"name": "ada", "groups": ["staff"]}
    assert who_logs_in(hub, "forge", "bob") == 403


def test_a_service_may_do_what_was_said_and_nothing_else(hub: RunningHub) -> None:
    logged_in(hub, "ada")
    users = hub.api("sync", "GET", "/users").json()
    assert {"ada"} <= {user["name"] for user in users}
    assert hub.api("sync", "GET", "/groups/staff").json()["name"] == "staff"
    assert hub.api("sync", "GET", "/groups/students").status_code == 404
    assert hub.api("sync", "DELETE", "/users/ada").status_code == 403


def test_metrics_take_the_token_of_prometheus(hub: RunningHub) -> None:
    assert requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).status_code == 403
    assert "jupyterhub_" in hub.call("prometheus", "GET", "/hub/metrics").text
    assert hub.call("sync", "GET", "/hub/metrics").status_code == 403
