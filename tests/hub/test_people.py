"""How people are called, which of them are admins, and which of their teams are groups."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from jupyterhub.auth import DummyAuthenticator
from oauthenticator.cilogon import CILogonOAuthenticator
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.oauth2 import OAuthenticator
from tornado.web import HTTPError
from traitlets.config import Config

if TYPE_CHECKING:
    from jupyterhub.auth import Authenticator

    from tests.hub.conftest import Run

PEPPER = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
IDENTITY = {
    "sub": "http://cilogon.org/serverA/users/12345",
    "idp": "http://github.com/login/oauth/authorize",
    "oidc": "67890",
    "email": "alice@example.org",
}
# By another program, in lower case and without `=`:
#   openssl mac -binary -macopt hexkey:$PEPPER -macopt size:32 BLAKE2BMAC | base32
# of {"idp": "http://github.com/login/oauth/authorize", "oidc": "67890", "sub": ...} without a line break.
NAME = "2askclgcswftrrik4qucb3rtarpfsbigv7ca5tjmmqqa2svitcca"


def logged_in(kind: type[Authenticator], model: dict[str, Any] | None) -> Any:
    return asyncio.run(kind().run_post_auth_hook(None, model))


def model(**identity: str) -> dict[str, Any]:
    return {"name": "alice@example.org", "admin": False, "auth_state": {"cilogon_user": identity}}


@pytest.fixture
def anonymous(run: Run, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("USERNAME_DERIVATION_PEPPER", PEPPER)
    for name in ("OAUTH_CALLBACK_URL", "CILOGON_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    return run("anonymous_names", auth={"anonymizeUsername": True})


def cilogon() -> CILogonOAuthenticator:
    derivation = {"username_derivation": {"username_claim": "email"}}
    return CILogonOAuthenticator(allowed_idps={IDENTITY["idp"]: {**derivation, "allow_all": True}})


@pytest.mark.usefixtures("anonymous")
def test_a_name_is_the_keyed_hash_of_an_identity() -> None:
    found = asyncio.run(cilogon().run_post_auth_hook(None, model(**IDENTITY)))
    assert found == {**model(**IDENTITY), "name": NAME}
    assert len(NAME) == 52


@pytest.mark.usefixtures("anonymous")
def test_the_hubs_own_hook_runs_and_does_not_bring_names_back() -> None:
    authenticator = cilogon()

    async def hook(_authenticator: Any, _handler: Any, found: dict[str, Any]) -> dict[str, Any]:
        return {**found, "name": "bob", "admin": True}

    authenticator.post_auth_hook = hook
    found = asyncio.run(authenticator.run_post_auth_hook(None, model(**IDENTITY)))
    assert (found["name"], found["admin"]) == (NAME, True)


def test_a_refreshed_log_in_is_of_the_same_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([model(**IDENTITY), True, False])

    async def refreshed(_authenticator: Any, _user: Any, **_more: Any) -> Any:
        return next(answers)

    monkeypatch.setattr(OAuthenticator, "refresh_user", refreshed)
    monkeypatch.setenv("USERNAME_DERIVATION_PEPPER", PEPPER)
    run("anonymous_names", auth={"anonymizeUsername": True})
    found = [asyncio.run(cilogon().refresh_user(None)) for _ in range(3)]
    assert found == [{**model(**IDENTITY), "name": NAME}, True, False]


@pytest.mark.usefixtures("anonymous")
@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (GenericOAuthenticator, {"name": "alice", "auth_state": {"oauth_user": IDENTITY}}),
        (DummyAuthenticator, {"name": "alice", "auth_state": None}),
        (GenericOAuthenticator, model(sub="1", idp="2")),
    ],
)
def test_who_cannot_be_made_anonymous_is_refused(kind: type[Authenticator], found: dict[str, Any]) -> None:
    with pytest.raises(HTTPError) as raised:
        logged_in(kind, found)
    assert raised.value.status_code == 403


@pytest.mark.usefixtures("anonymous")
def test_a_failed_log_in_stays_one() -> None:
    assert logged_in(DummyAuthenticator, None) is None


@pytest.mark.parametrize("pepper", [None, "", "no digits", "00" * 65])
def test_a_hub_without_a_key_does_not_start(
    run: Run, monkeypatch: pytest.MonkeyPatch, pepper: str | None
) -> None:
    if pepper is None:
        monkeypatch.delenv("USERNAME_DERIVATION_PEPPER", raising=False)
    else:
        monkeypatch.setenv("USERNAME_DERIVATION_PEPPER", pepper)
    with pytest.raises(ValueError, match="needs USERNAME_DERIVATION_PEPPER"):
        run("anonymous_names", auth={"anonymizeUsername": True})


def test_other_hubs_keep_names_and_need_no_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("USERNAME_DERIVATION_PEPPER", raising=False)
    run("anonymous_names", auth={"anonymizeUsername": False})
    assert logged_in(DummyAuthenticator, {"name": "alice"}) == {"name": "alice"}


def admins(config: Config, kind: type[Authenticator] = DummyAuthenticator) -> set[str]:
    return set(kind(config=config).admin_users)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, {"staff-1"}, id="none"),
        pytest.param({"Authenticator": {"admin_users": ["alice"]}}, {"staff-1", "alice"}, id="a list"),
        pytest.param({"Authenticator": {"admin_users": {"alice"}}}, {"staff-1", "alice"}, id="a set"),
        pytest.param(
            {"GenericOAuthenticator": {"admin_users": ["bob"]}}, {"staff-1", "bob"}, id="the class's own"
        ),
    ],
)
def test_staff_are_admins_beside_those_of_the_hub(
    run: Run, settings: dict[str, Any], expected: set[str]
) -> None:
    config = run("staff_admins", Config(settings), deployer={"staff": ["staff-1"]})
    assert admins(config, GenericOAuthenticator) == expected


def test_a_hub_without_staff_has_the_admins_that_it_names(run: Run) -> None:
    assert admins(run("staff_admins")) == set()


TEAMS = [
    {"organization": {"login": "Org"}, "slug": "one"},
    {"organization": {"login": "org"}, "slug": "two"},
    {"organization": {"login": "elsewhere"}, "slug": "one"},
]


def github(**settings: Any) -> Config:
    return Config({"JupyterHub": {"authenticator_class": "github"}, "GitHubOAuthenticator": settings})


def groups(config: Config, state: dict[str, Any]) -> set[str]:
    found: set[str] = asyncio.run(GitHubOAuthenticator(config=config).get_user_groups(state))
    return found


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"allowed_organizations": ["org:one"]}, {"Org:one"}),
        ({"allowed_organizations": ["org"], "admin_groups": ["org:two"]}, {"org:two"}),
        ({"allowed_organizations": {"ORG:ONE"}, "allowed_groups": ["org:two"]}, {"Org:one", "org:two"}),
        ({}, set()),
    ],
)
def test_teams_that_log_in_is_about_are_groups(
    run: Run, settings: dict[str, Any], expected: set[str]
) -> None:
    config = run("github_groups", github(manage_groups=True, **settings))
    assert groups(config, {"teams": TEAMS}) == expected


def test_a_log_in_that_tells_no_teams_has_no_groups(run: Run) -> None:
    config = run("github_groups", github(manage_groups=True, allowed_organizations=["org:one"]))
    assert groups(config, {}) == set()


def test_teams_that_the_hubs_own_python_names_later_count(run: Run) -> None:
    config = run("github_groups", github(manage_groups=True, allowed_organizations=["org:one"]))
    config.GitHubOAuthenticator.allowed_organizations = ["org:two"]
    assert groups(config, {"teams": TEAMS}) == {"org:two"}


@pytest.mark.parametrize(
    "config",
    [
        github(allowed_organizations=["org:one"]),
        github(manage_groups=True, auth_state_groups_key="github_user.groups"),
        Config({"JupyterHub": {"authenticator_class": "google"}}),
    ],
    ids=["groups are the hub's", "a key of its own", "elsewhere"],
)
def test_other_hubs_keep_their_groups(run: Run, config: Config) -> None:
    before = dict(config.GitHubOAuthenticator)
    assert dict(run("github_groups", config).GitHubOAuthenticator) == before
