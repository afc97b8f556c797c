"""Names that tell nobody who somebody is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tornado.web import HTTPError

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import authenticator, let_in, log_in
from tests.render.features.sign_in.test_cilogon import person
from tests.render.features.sign_in.test_github import github

PEPPER = "USERNAME_DERIVATION_PEPPER"
CILOGON = """
auth:
  type: cilogon
  providers: {orcid: {username_claim: oidc}}
  users: [0000-1]
  admins: [0000-2]
  blocked: [0000-3]
  anonymous_names: {claims: [sub, idp, oidc]}
"""


@pytest.fixture(autouse=True)
def pepper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PEPPER, "00" * 32)


def orcid(number: str, **claims: Any) -> Any:
    return person("http://orcid.org/oauth/authorize", oidc=number, **claims)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type: github, anonymous_names: true", {"claims": ["id"], "user": "github_user"}),
        ("type: google, anonymous_names: {}", {"claims": ["id"], "user": "google_user"}),
        ("type: oidc, anonymous_names: true", {"claims": ["sub"], "user": "oauth_user"}),
        ("type: oidc, provider: auth0, anonymous_names: true", {"claims": ["sub"], "user": "auth0_user"}),
        ("type: cilogon, anonymous_names: true", {"claims": ["sub", "idp"], "user": "cilogon_user"}),
        ("type: lti13, anonymous_names: {claims: [sub, iss]}", {"claims": ["sub", "iss"]}),
    ],
)
def test_the_hub_is_told_what_identifies_an_account(text: str, expected: dict[str, Any]) -> None:
    assert asked(f"auth: {{{text}}}")["jupyterhub"]["custom"]["deployer"] == {"anonymous_names": expected}


def test_names_stay_real_when_nothing_else_is_said() -> None:
    assert "custom" not in asked("auth: {type: github, anonymous_names: false}")["jupyterhub"]


def test_true_names_decide_and_hashes_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The expected name was made by the hash that adopted hubs have, so that people keep their homes."""
    made = authenticator(monkeypatch, CILOGON)
    user = log_in(made, orcid("0000-1"))
    assert user == {"name": "rwhwxof3vc3aptreoyzkacvpstsvc3scs2xy5kjypx4wltdnuqlq", "admin": None}
    admin = log_in(made, orcid("0000-2"))
    assert admin is not None
    assert admin["admin"] is True
    assert re.fullmatch("[a-z2-7]{52}", admin["name"])
    assert log_in(made, orcid("0000-3")) is None
    assert log_in(made, orcid("0000-4")) is None


def test_another_key_gives_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "auth: {type: github, everybody: true, anonymous_names: true}"
    one = log_in(authenticator(monkeypatch, text), github("joan"))
    assert one == log_in(authenticator(monkeypatch, text), github("renamed"))
    monkeypatch.setenv(PEPPER, "11" * 32)
    assert one != log_in(authenticator(monkeypatch, text), github("joan"))


def test_a_learning_platform_s_users_have_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, "auth: {type: lti13, anonymous_names: true}", secrets={})
    person = let_in(made, None, {"sub": "4711", "email": "joan@example.edu"})
    assert person is not None
    assert re.fullmatch("[a-z2-7]{52}", person["name"])


def test_nobody_is_let_in_under_a_name_that_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "auth: {type: lti13, anonymous_names: {claims: [sub, iss]}}"
    with pytest.raises(HTTPError, match="for which was not told: iss"):
        let_in(authenticator(monkeypatch, text, secrets={}), None, {"sub": "4711", "email": "a@example.edu"})


@pytest.mark.parametrize("key", [None, "", "no hexadecimal", "00" * 65])
def test_a_hub_without_a_good_key_does_not_start(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.delenv(PEPPER)
    if key is not None:
        monkeypatch.setenv(PEPPER, key)
    with pytest.raises(ValueError, match=f"needs {PEPPER}: 1 to 64 bytes in hexadecimal"):
        authenticator(monkeypatch, CILOGON)
