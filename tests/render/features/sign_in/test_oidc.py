"""Providers of OpenID Connect, with the real GenericOAuthenticator and Auth0OAuthenticator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tornado.web import HTTPError

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import STAFF, authenticator, log_in

if TYPE_CHECKING:
    from collections.abc import Mapping

REALM = "https://login.example.edu/realms/campus"
KEYCLOAK = f"{REALM}/protocol/openid-connect"
TOKEN = {"access_token": "t", "token_type": "Bearer"}


def keycloak(**claims: Any) -> Mapping[str, Any]:
    """What Keycloak says about a person."""
    return {f"{KEYCLOAK}/token": TOKEN, f"{KEYCLOAK}/userinfo": {"sub": "f3a1", **claims}}


def auth0(**claims: Any) -> Mapping[str, Any]:
    """What Auth0 says about a person."""
    base = "https://example.eu.auth0.com"
    return {f"{base}/oauth/token": TOKEN, f"{base}/userinfo": {"sub": "auth0|1", **claims}}


def test_the_addresses_of_keycloak_follow_from_its_realm() -> None:
    text = f"""
    auth:
      type: oidc
      provider: keycloak
      issuer: {REALM}/
      label: the campus account
      allowed_groups: [/physics]
      admin_groups: [/physics/leads]
      scope: [roles]
    """
    assert asked(text) == {
        "jupyterhub": {
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "generic-oauth"},
                    "Authenticator": {"allow_all": False, "admin_users": []},
                    "GenericOAuthenticator": {
                        "authorize_url": f"{KEYCLOAK}/auth",
                        "token_url": f"{KEYCLOAK}/token",
                        "userdata_url": f"{KEYCLOAK}/userinfo",
                        "logout_redirect_url": f"{KEYCLOAK}/logout",
                        "login_service": "the campus account",
                        "username_claim": "preferred_username",
                        "scope": ["openid", "profile", "email", "roles"],
                        "manage_groups": True,
                        "enable_auth_state": False,
                        "allowed_groups": ["/physics"],
                        "admin_groups": ["/physics/leads"],
                    },
                }
            },
            "custom": {
                "deployer": {
                    "sign_in": {
                        "authenticator": "GenericOAuthenticator",
                        "groups": {"claim": "groups", "user": "oauth_user"},
                    }
                }
            },
        }
    }


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"groups": ["/physics", "/b"]}, {"name": "joan", "admin": False, "groups": ["/b", "/physics"]}),
        ({"groups": ["/physics/leads"]}, {"name": "joan", "admin": True, "groups": ["/physics/leads"]}),
        ({"groups": ["/chemistry"]}, None),
        ({}, None),
    ],
)
def test_groups_of_keycloak_let_people_in_and_make_admins(
    monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    text = f"""
    auth:
      type: oidc
      provider: keycloak
      issuer: {REALM}
      allowed_groups: [/physics]
      admin_groups: [/physics/leads]
    """
    person = keycloak(preferred_username="joan", **claims)
    assert log_in(authenticator(monkeypatch, text), person) == expected


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("roles", {"roles": ["a"]}, ["a"]),
        ("realm_access.roles", {"realm_access": {"roles": ["a"]}}, ["a"]),
        ("https://example.org/groups", {"https://example.org/groups": ["a"]}, ["a"]),
        ("roles", {"roles": "ab"}, ["ab"]),
        ("realm.roles", {"realm": "ab"}, []),
    ],
    ids=["plain", "within another", "a name with dots", "one text", "nothing within"],
)
def test_groups_are_read_from_any_claim(
    monkeypatch: pytest.MonkeyPatch, claim: str, claims: dict[str, Any], groups: list[str]
) -> None:
    text = f"""
    auth:
      type: oidc
      provider: keycloak
      issuer: {REALM}
      everybody: true
      groups: true
      groups_claim: {claim}
    """
    person = log_in(authenticator(monkeypatch, text), keycloak(preferred_username="joan", **claims))
    assert person == {"name": "joan", "admin": None, "groups": groups}


AUTH0 = """
auth:
  type: oidc
  provider: auth0
  issuer: https://example.eu.auth0.com/
  users: [joan@example.org]
  groups: true
  groups_claim: https://example.org/groups
  staff: true
"""


def test_auth0_is_known_by_its_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, AUTH0)
    assert type(made).__name__ == "Auth0OAuthenticator"
    assert made.authorize_url == "https://example.eu.auth0.com/authorize"
    assert made.logout_redirect_url == "https://example.eu.auth0.com/v2/logout"
    person = auth0(email="joan@example.org", email_verified=True, **{"https://example.org/groups": ["x"]})
    assert log_in(made, person) == {"name": "joan@example.org", "admin": None, "groups": ["x"]}
    staff = auth0(email="ada@hubs.example.org", email_verified=True)
    assert log_in(made, staff) == {"name": "ada@hubs.example.org", "admin": True, "groups": []}
    assert log_in(made, auth0(email="eve@example.org", email_verified=True)) is None


def test_auth0_refuses_addresses_that_are_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="unverified email"):
        log_in(authenticator(monkeypatch, AUTH0), auth0(email="joan@example.org", email_verified=False))


OTHER = """
auth:
  type: oidc
  authorize_url: https://login.example.org/authorize
  token_url: https://login.example.org/token
  userdata_url: https://login.example.org/userinfo
  logout_url: https://login.example.org/logout
  username_claim: email
  users: [joan@example.org]
  staff: true
"""


def other(**claims: Any) -> Mapping[str, Any]:
    base = "https://login.example.org"
    return {f"{base}/token": TOKEN, f"{base}/userinfo": claims}


def test_any_other_provider_is_told_by_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, OTHER)
    assert made.logout_redirect_url == "https://login.example.org/logout"
    for verified in ({}, {"email_verified": True}):
        person = log_in(made, other(email="joan@example.org", **verified))
        assert person == {"name": "joan@example.org", "admin": None}
    assert log_in(made, other(email="ada@hubs.example.org")) == {
        "name": "ada@hubs.example.org",
        "admin": True,
    }
    assert log_in(made, other(email="eve@example.org")) is None


def test_no_name_is_taken_from_an_address_that_anybody_could_have_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = authenticator(monkeypatch, OTHER)
    with pytest.raises(HTTPError, match="Verify your e-mail address"):
        log_in(made, other(email="joan@example.org", email_verified=False))


def test_addresses_that_are_said_count_more_than_what_follows_from_the_issuer() -> None:
    text = f"""
    auth:
      type: oidc
      provider: keycloak
      issuer: {REALM}
      token_url: https://inside.example.edu/token
      everybody: true
    """
    config = asked(text, organisation=STAFF)["jupyterhub"]["hub"]["config"]
    assert config["GenericOAuthenticator"]["token_url"] == "https://inside.example.edu/token"
    assert config["GenericOAuthenticator"]["userdata_url"] == f"{KEYCLOAK}/userinfo"
