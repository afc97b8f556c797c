"""How Grafana lets somebody log in at a real JupyterHub: it asks the hub as its template is told to."""

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

ASKED = """
auth: {type: dummy, everybody: true, admins: [boss]}
features: {dashboards: {groups: [teachers]}}
"""
OWN = """
jupyterhub:
  hub:
    config:
      JupyterHub: {load_groups: {teachers: {users: [ada]}}}
      DummyAuthenticator: {allow_all: true}
"""


@pytest.fixture
def asked(repository: Path) -> dict[str, Any]:
    return values(repository, ASKED, own=OWN)


@pytest.fixture
def hub(asked: dict[str, Any], tmp_path: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path, asked) as hub:
        yield hub


def grafana(asked: dict[str, Any]) -> dict[str, str]:
    """Return what Grafana is told of the hub, by the end of the variable's name."""
    told = asked["dashboards"]["hub"]["environment"]
    return {name.removeprefix("GF_AUTH_GENERIC_OAUTH_"): value for name, value in told.items()}


def authorized(hub: RunningHub, asked: dict[str, Any], name: str) -> requests.Response:
    """Let somebody log in at the hub, and come from Grafana with the wish to log in there."""
    told = grafana(asked)
    with requests.Session() as browser:
        hub.send(browser, "/hub/login", username=name, password="any")
        wish = {
            "client_id": told["CLIENT_ID"],
            "redirect_uri": f"{told['GF_SERVER_ROOT_URL']}login/generic_oauth",
            "response_type": "code",
            "state": "from-grafana",
        }
        path = urlsplit(told["AUTH_URL"]).path
        return browser.get(hub.url + path, params=wish, timeout=PATIENCE, allow_redirects=False)


def known(hub: RunningHub, asked: dict[str, Any], answer: requests.Response) -> dict[str, Any]:
    """Return what Grafana gets to know of who comes back with an answer."""
    told = grafana(asked)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{told['GF_SERVER_ROOT_URL']}login/generic_oauth"
    query = parse_qs(back.query)
    assert query["state"] == ["from-grafana"]
    form = {
        "grant_type": "authorization_code",
        "code": query["code"][0],
        "redirect_uri": f"{told['GF_SERVER_ROOT_URL']}login/generic_oauth",
        "client_id": told["CLIENT_ID"],
        "client_secret": f"{hub.token}dashboards",
    }
    token = requests.post(hub.url + urlsplit(told["TOKEN_URL"]).path, data=form, timeout=PATIENCE).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    found = requests.get(hub.url + urlsplit(told["API_URL"]).path, headers=headers, timeout=PATIENCE)
    found.raise_for_status()
    person: dict[str, Any] = found.json()
    return person


@pytest.mark.parametrize("name", ["boss", "ada"])
def test_admins_and_members_are_known_by_their_name(
    hub: RunningHub, asked: dict[str, Any], name: str
) -> None:
    assert known(hub, asked, authorized(hub, asked, name))["name"] == name


def test_anybody_else_is_refused_by_the_hub(hub: RunningHub, asked: dict[str, Any]) -> None:
    assert authorized(hub, asked, "somebody").status_code == 403


def test_a_token_of_grafanas_can_do_nothing_else(hub: RunningHub, asked: dict[str, Any]) -> None:
    person = known(hub, asked, authorized(hub, asked, "boss"))
    allowed = {
        "access:services!service=dashboards",
        "read:users:groups!user=boss",
        "read:users:name!user=boss",
    }
    assert set(person["scopes"]) == allowed
