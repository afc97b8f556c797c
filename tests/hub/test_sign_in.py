"""Logging in to a real JupyterHub, with the values of the short forms."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from deployer.fleet.features import Speaker, features
from deployer.render.merge import Layer, merge
from deployer.render.values import layers
from tests.hub.login_provider import CLIENT, login_provider
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.hub.login_provider import LoginProvider

pytestmark = pytest.mark.integration

READER = "a-reading-service"
USER, ADMIN = "the password of the workshop", "a password that only its admins are told"
ABOUT_PEOPLE = ("anonymous_names", "github_groups", "health_check", "sign_in", "staff_admins")
NAMES = ("ada", "grace", "joan", "mallory")
CALLBACK = "https://hub.example.org/hub/oauth_callback"


@pytest.fixture
def hub(tmp_path: Path, repository: Path) -> Callable[..., Any]:
    """Runs a hub of a cloud whose sign-in is as a text says; `secrets` are what an encrypted file adds."""
    files = repository / "helm-charts/basehub/files/hub"
    python = {f"{name}.py": (files / f"{name}.py").read_text() for name in ABOUT_PEOPLE}

    @contextmanager
    def run(text: str, **secrets: Any) -> Iterator[RunningHub]:
        asking = fleets.hub(features=features([Speaker(document=fleets.document(text))]))
        made = layers(fleets.cluster("gcp", asking), asking, fleets.document("{}"), hub_python=python)
        reading = {"services": {READER: {}}, "loadRoles": {READER: {"services": [READER], "scopes": SCOPES}}}
        more = {"jupyterhub": {"hub": {"config": secrets, **reading}}}
        with running_hub(tmp_path, merge([*made, Layer(name="more", values=more)]).values) as running:
            yield running

    return run


SCOPES = ["list:users", "read:users", "read:users:groups"]


def person(hub: RunningHub, name: str) -> dict[str, Any]:
    """Return what the hub knows of somebody."""
    known = hub.api(READER, "GET", f"/users/{name}").json()
    return {"name": known["name"], "admin": known["admin"], "groups": sorted(known["groups"])}


def test_dummy_lets_in_whom_the_hub_names(hub: Callable[..., Any]) -> None:
    with hub("auth: {type: dummy, users: [joan], admins: [ada], blocked: [mallory]}") as running:
        found = {name: running.log_in(name).status_code for name in NAMES}
        assert found == {"ada": 302, "grace": 403, "joan": 302, "mallory": 403}
        assert person(running, "ada") == {"name": "ada", "admin": True, "groups": []}


def test_a_shared_password_lets_in_all_who_know_it(hub: Callable[..., Any]) -> None:
    passwords = {"user_password": USER, "admin_password": ADMIN}
    text = "auth: {type: shared-password, admins: [ada], blocked: [mallory]}"
    with hub(text, SharedPasswordAuthenticator=passwords) as running:
        assert running.log_in("joan", USER).status_code == 302
        assert running.log_in("joan", "a guess").status_code == 403
        assert running.log_in("mallory", USER).status_code == 403
        assert running.log_in("ada", USER).status_code == 403
        assert running.log_in("ada", ADMIN).status_code == 302
        assert person(running, "ada")["admin"] is True
        assert person(running, "joan")["admin"] is False


def test_temporary_users_are_let_in_unasked_and_new_each_time(hub: Callable[..., Any]) -> None:
    with hub("auth: {type: temporary}") as running:
        for _ in range(2):
            came = requests.get(f"{running.url}/hub/tmplogin", timeout=PATIENCE, allow_redirects=False)
            assert came.status_code == 302
            assert "jupyterhub-hub-login" in came.cookies
        first = requests.get(f"{running.url}/hub/login", timeout=PATIENCE, allow_redirects=False)
        assert first.headers["Location"].startswith("/hub/tmplogin")
        assert len(running.api(READER, "GET", "/users").json()) == 2


def sign_up(hub: RunningHub, name: str, password: str) -> str:
    """Ask for an account, and return the page that says what comes of it."""
    form = {"username": name, "signup_password": password, "signup_password_confirmation": password}
    with requests.Session() as browser:
        return hub.send(browser, "/hub/signup", **form).text


def test_an_admin_approves_native_accounts(hub: Callable[..., Any]) -> None:
    text = "auth: {type: native, admins: [ada], users: [grace], blocked: [mallory]}"
    with hub(text) as running:
        for name in NAMES:
            sign_up(running, name, USER)
        assert "at least 12 characters" in sign_up(running, "eve", "too short")
        assert "is not too common" in sign_up(running, "eve", "q1w2e3r4t5y6")
        # Who is refused is shown the form again.
        found = {name: running.log_in(name, USER).status_code for name in NAMES}
        assert found == {"ada": 302, "grace": 302, "joan": 200, "mallory": 200}
        with requests.Session() as admin:
            running.send(admin, "/hub/login", username="ada", password=USER)
            assert admin.get(f"{running.url}/hub/authorize/joan", timeout=PATIENCE).status_code == 200
        assert running.log_in("joan", USER).status_code == 302
        assert running.log_in("joan", "a guess").status_code == 200
        assert person(running, "ada")["admin"] is True


@pytest.fixture
def provider() -> Iterator[LoginProvider]:
    with login_provider(CALLBACK) as running:
        yield running


def come_in(hub: RunningHub, browser: requests.Session) -> requests.Response:
    """Click on the button of the log-in page, and go where one is sent, by the hub's public address too."""
    page = browser.get(f"{hub.url}/hub/oauth_login", timeout=PATIENCE, allow_redirects=False)
    while page.is_redirect and "/hub/oauth_callback" not in page.url:
        there = page.headers["Location"].replace("https://hub.example.org", hub.url)
        page = browser.get(there, timeout=PATIENCE, allow_redirects=False)
    return page


def test_a_provider_says_who_somebody_is_and_in_which_groups(
    hub: Callable[..., Any], provider: LoginProvider
) -> None:
    """The whole way: to the provider, back by the computed callback, with a code that is exchanged."""
    text = f"""
    auth:
      type: oidc
      provider: keycloak
      issuer: {provider.url}
      allowed_groups: [physics]
      admin_groups: [leads]
    """
    with hub(text, GenericOAuthenticator=CLIENT) as running, requests.Session() as browser:
        provider.person = {"sub": "1", "preferred_username": "Joan", "groups": ["physics", "choir"]}
        assert come_in(running, browser).status_code == 302
        home = browser.get(f"{running.url}/hub/home", timeout=PATIENCE)
        assert (home.status_code, "joan" in home.text) == (200, True)
        assert person(running, "joan") == {"name": "joan", "admin": False, "groups": ["choir", "physics"]}
        assert running.api(READER, "GET", "/users/joan").json().get("auth_state") is None

        provider.person = {"sub": "2", "preferred_username": "ada", "groups": ["leads"]}
        with requests.Session() as another:
            assert come_in(running, another).status_code == 302
        assert person(running, "ada") == {"name": "ada", "admin": True, "groups": ["leads"]}

        provider.person = {"sub": "3", "preferred_username": "eve", "groups": ["choir"]}
        with requests.Session() as stranger:
            assert come_in(running, stranger).status_code == 403
        assert running.api(READER, "GET", "/users/eve").status_code == 404

        logged_out = browser.get(f"{running.url}/hub/logout", timeout=PATIENCE, allow_redirects=False)
        assert logged_out.headers["Location"] == f"{provider.url}/protocol/openid-connect/logout"
