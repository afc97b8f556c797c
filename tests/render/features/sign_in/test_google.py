"""Google, with the real GoogleOAuthenticator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import STAFF, authenticator, log_in

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "https://www.googleapis.com"


def person(email: str, *, verified: bool = True, groups: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """What Google says about a person."""
    domain = email.partition("@")[2]
    return {
        f"{API}/oauth2/v4/token": {"access_token": "t", "token_type": "Bearer"},
        f"{API}/oauth2/v1/userinfo": {
            "id": "4711",
            "email": email,
            "verified_email": verified,
            **({} if domain == "gmail.com" else {"hd": domain}),
        },
        f"{API}/admin/directory/v1/groups?userKey={email}": {
            "groups": [{"email": f"{group}@{domain}"} for group in groups]
        },
    }


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (person("joan@example.edu"), {"name": "joan", "admin": None}),
        (person("ada@example.edu"), {"name": "ada", "admin": True}),
        (person("mallory@example.edu"), None),
        (person("joan@example.com"), None),
        (person("joan@gmail.com"), None),
    ],
    ids=["member", "admin", "blocked", "another organisation", "no organisation"],
)
def test_an_organisation_s_people_are_let_in_under_their_name_there(
    monkeypatch: pytest.MonkeyPatch, person: Mapping[str, Any], expected: dict[str, Any] | None
) -> None:
    who = "everybody: true, admins: [ada], blocked: [mallory]"
    text = f"auth: {{type: google, hosted_domains: [example.edu], {who}}}"
    assert log_in(authenticator(monkeypatch, text), person) == expected


def test_without_an_organisation_names_are_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, "auth: {type: google, users: [joan@gmail.com], staff: true}")
    assert log_in(made, person("joan@gmail.com")) == {"name": "joan@gmail.com", "admin": None}
    staff = {"name": "ada@hubs.example.org", "admin": True}
    assert log_in(made, person("ada@hubs.example.org")) == staff
    assert log_in(made, person("eve@gmail.com")) is None


GROUPS = """
auth:
  type: google
  hosted_domains: [example.edu, hubs.example.org]
  groups: true
  staff: true
  google_groups:
    example.edu: {administrator: hubs, allowed: [physics], admins: [leads]}
"""


def test_the_directory_is_asked_with_a_key_from_a_file() -> None:
    assert asked(GROUPS, organisation=STAFF) == {
        "jupyterhub": {
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "google"},
                    "Authenticator": {"allow_all": False, "admin_users": []},
                    "GoogleOAuthenticator": {
                        "hosted_domain": ["example.edu", "hubs.example.org"],
                        "allowed_google_groups": {"example.edu": ["physics"]},
                        "admin_google_groups": {"example.edu": ["leads"]},
                        "gsuite_administrator": {"example.edu": "hubs"},
                        "google_service_account_keys": {
                            "example.edu": "/usr/local/etc/jupyterhub/google/example.edu.json"
                        },
                        "auth_state_groups_key": "google_user.google_groups",
                        "manage_groups": True,
                        "enable_auth_state": False,
                    },
                },
                "extraFiles": {
                    "google-service-account-example-edu": {
                        "mountPath": "/usr/local/etc/jupyterhub/google/example.edu.json"
                    }
                },
            },
            "custom": {"deployer": {"staff": ["ada@hubs.example.org"]}},
        }
    }


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (("physics",), {"name": "joan@example.edu", "admin": False, "groups": ["physics"]}),
        (("leads",), {"name": "joan@example.edu", "admin": True, "groups": ["leads"]}),
        (("others",), None),
    ],
)
def test_groups_of_the_directory_let_people_in_and_make_admins(
    monkeypatch: pytest.MonkeyPatch, groups: tuple[str, ...], expected: dict[str, Any] | None
) -> None:
    made = authenticator(monkeypatch, GROUPS)
    key = {"example.edu": SimpleNamespace(token="directory")}
    monkeypatch.setattr(made, "_get_service_credentials", lambda _domain: key)
    assert log_in(made, person("joan@example.edu", groups=groups)) == expected


@pytest.mark.parametrize(
    ("domains", "strip", "expected"),
    [
        ("hosted_domains: [hubs.example.org]", "", "ada"),
        ("hosted_domains: [hubs.example.org]", "strip_domain: false", "ada@hubs.example.org"),
        ("hosted_domains: [hubs.example.org, example.edu]", "", "ada@hubs.example.org"),
        ("hosted_domains: [hubs.example.org, example.edu]", "strip_domain: true", "ada"),
        ("", "", "ada@hubs.example.org"),
    ],
)
def test_staff_are_admins_under_the_name_that_they_get(
    monkeypatch: pytest.MonkeyPatch, domains: str, strip: str, expected: str
) -> None:
    more = ", ".join(each for each in (domains, strip, "scope: [profile]") if each)
    made = authenticator(monkeypatch, f"auth: {{type: google, staff: true, {more}}}")
    assert made.scope == ["openid", "email", "profile"]
    assert log_in(made, person("ada@hubs.example.org")) == {"name": expected, "admin": True}
