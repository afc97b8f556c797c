"""CILogon, with the real CILogonOAuthenticator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tornado.web import HTTPError

from deployer.fleet.identity_providers import ENTITY_IDS
from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import STAFF, authenticator, log_in

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMPUS = "urn:mace:incommon:example.edu"
OTHER = "https://idp.example.org/shibboleth"
TEXT = f"""
auth:
  type: cilogon
  admins: [ada]
  users: ["google:guest@example.com"]
  blocked: [mallory]
  staff: true
  providers:
    {CAMPUS}:
      everybody: true
      username_claim: eppn
      strip_domain: example.edu
    {OTHER}:
      domains: ["example.org", "*.example.org"]
      domains_claim: email
    google: {{prefix: google}}
    github: {{username_claim: preferred_username}}
"""


def person(idp: str, **claims: Any) -> Mapping[str, Any]:
    """What CILogon says about a person who came by a provider."""
    return {
        "https://cilogon.org/oauth2/token": {"access_token": "t", "token_type": "Bearer"},
        "https://cilogon.org/oauth2/userinfo": {
            "sub": "http://cilogon.org/serverA/users/1",
            "idp": idp,
            **claims,
        },
    }


def test_short_names_stand_for_ids_and_the_first_provider_is_proposed_first() -> None:
    assert asked(TEXT, organisation=STAFF) == {
        "jupyterhub": {
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "cilogon"},
                    "Authenticator": {
                        "allow_all": False,
                        "admin_users": ["ada"],
                        "allowed_users": ["google:guest@example.com"],
                        "blocked_users": ["mallory"],
                    },
                    "CILogonOAuthenticator": {
                        "idps": {
                            CAMPUS: {
                                "default": True,
                                "allow_all": True,
                                "username_derivation": {
                                    "username_claim": "eppn",
                                    "action": "strip_idp_domain",
                                    "domain": "example.edu",
                                },
                            },
                            OTHER: {
                                "allowed_domains": ["example.org", "*.example.org"],
                                "allowed_domains_claim": "email",
                                "username_derivation": {"username_claim": "email"},
                            },
                            "http://google.com/accounts/o8/id": {
                                "username_derivation": {
                                    "username_claim": "email",
                                    "action": "prefix",
                                    "prefix": "google",
                                }
                            },
                            "http://github.com/login/oauth/authorize": {
                                "username_derivation": {"username_claim": "preferred_username"}
                            },
                        },
                        "manage_groups": False,
                        "enable_auth_state": False,
                    },
                }
            },
            "custom": {"deployer": {"staff": ["google:ada@hubs.example.org", "hub-ada"]}},
        }
    }


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (person(CAMPUS, eppn="joan@example.edu"), {"name": "joan", "admin": None}),
        (person(CAMPUS, eppn="ada@example.edu"), {"name": "ada", "admin": True}),
        (person(CAMPUS, eppn="mallory@example.edu"), None),
        (person(OTHER, email="a@lab.example.org"), {"name": "a@lab.example.org", "admin": None}),
        (person(OTHER, email="a@example.com"), None),
        (
            person(ENTITY_IDS["google"], email="guest@example.com"),
            {"name": "google:guest@example.com", "admin": None},
        ),
        (
            person(ENTITY_IDS["google"], email="ada@hubs.example.org"),
            {"name": "google:ada@hubs.example.org", "admin": True},
        ),
        (person(ENTITY_IDS["google"], email="ada@example.com"), None),
        (person(ENTITY_IDS["github"], preferred_username="Hub-Ada"), {"name": "hub-ada", "admin": True}),
    ],
    ids=[
        *("everybody of a provider", "admin", "blocked", "domain", "another domain", "named", "staff"),
        *("stranger", "staff by another provider"),
    ],
)
def test_each_provider_lets_in_its_own(
    monkeypatch: pytest.MonkeyPatch, claims: Mapping[str, Any], expected: dict[str, Any] | None
) -> None:
    assert log_in(authenticator(monkeypatch, TEXT), claims) == expected


def test_a_provider_that_is_not_listed_lets_in_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="is not pre-configured"):
        log_in(authenticator(monkeypatch, TEXT), person(ENTITY_IDS["orcid"], email="ada@example.edu"))


GROUPS = """
auth:
  type: cilogon
  providers: {orcid: {username_claim: oidc}}
  allowed_groups: [survey]
  admin_groups: [survey-leads]
  scope: [org.example.groups]
"""


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["survey"], {"name": "0000-1", "admin": False, "groups": ["survey"]}),
        ("survey", {"name": "0000-1", "admin": False, "groups": ["survey"]}),
        (["survey-leads", 5], {"name": "0000-1", "admin": True, "groups": ["survey-leads"]}),
        (["others"], None),
        (None, None),
    ],
)
def test_groups_let_people_in_and_make_admins(
    monkeypatch: pytest.MonkeyPatch, groups: object, expected: dict[str, Any] | None
) -> None:
    made = authenticator(monkeypatch, GROUPS)
    assert made.scope == ["openid", "email", "org.cilogon.userinfo", "profile", "org.example.groups"]
    claims = {} if groups is None else {"isMemberOf": groups}
    assert log_in(made, person(ENTITY_IDS["orcid"], oidc="0000-1", **claims)) == expected
