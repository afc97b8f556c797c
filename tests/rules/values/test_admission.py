"""Who gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.admission import (
    RULES,
    allowed_users,
    everybody_admitted,
    github_scope,
    nobody_admitted,
)
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

NOBODY = "nobody is let in: say who, with `allowed_users`, `allow_all` or what the authenticator has"
EVERYBODY = "`allow_all` lets in everybody who has an account at the provider, which anybody can have"
GOOGLE = "http://google.com/accounts/o8/id"
CAMPUS = "https://idp.example.org/shibboleth"


def config(name: str, *sections: str) -> str:
    """Values with an authenticator and sections of its configuration, in a line each from line 5 on."""
    lines = "".join(f"      {section}\n" for section in sections)
    return f"jupyterhub:\n  hub:\n    config:\n      JupyterHub: {{authenticator_class: {name}}}\n{lines}"


def idps(*each: str, key: str = "idps") -> str:
    return f"CILogonOAuthenticator: {{{key}: {{{', '.join(each)}}}}}"


def idp(name: str, more: str = "") -> str:
    return f'"{name}": {{username_derivation: {{username_claim: email}}{more}}}'


@pytest.mark.parametrize(
    "sections",
    [
        [],
        ["GitHubOAuthenticator: {allowed_users: [], client_id: a}"],
        ["GitHubOAuthenticator: {allow_all: false}"],
        ["Authenticator: {allow_all: true}", "GitHubOAuthenticator: {allow_all: false}"],
        ["GoogleOAuthenticator: {allow_all: true}"],
    ],
    ids=["nothing", "nobody", "off", "the class counts before its base", "another class"],
)
def test_nobody_gets_in(values: Making, sections: list[str]) -> None:
    assert found(nobody_admitted, values(config("github", *sections))) == [f"1:4:20: {NOBODY}"]


@pytest.mark.parametrize(
    "section",
    [
        "GitHubOAuthenticator: {allowed_organizations: [a]}",
        "Authenticator: {admin_users: [a]}",
        "OAuthenticator: {allow_existing_users: true}",
        f"Authenticator: {{allow_all: '{ENCRYPTED}'}}",
    ],
)
def test_somebody_gets_in(values: Making, section: str) -> None:
    text = f"{config('github', section)}sops: {{version: 1}}\n"
    assert found(nobody_admitted, values(text)) == []


@pytest.mark.parametrize("name", ["native", "ltiauthenticator.lti13.auth.LTI13Authenticator"])
def test_whoever_gets_through_these_still_has_to_be_let_in(values: Making, name: str) -> None:
    """JupyterHub asks for `allow_all` or names whatever the authenticator."""
    assert found(nobody_admitted, values(config(name))) == [f"1:4:20: {NOBODY}"]
    assert found(RULES, values(config(name, "Authenticator: {allow_all: true}"))) == []


@pytest.mark.parametrize("name", ["tmp", "dummy", "'null'", "our.Class"])
def test_other_authenticators_have_ways_of_their_own(values: Making, name: str) -> None:
    assert found(RULES, values(config(name))) == []


def test_a_secret_of_one_s_own_may_let_people_in(values: Making) -> None:
    secret = "jupyterhub: {hub: {existingSecret: configuration}}"
    assert found(nobody_admitted, values(config("github"), secret)) == []


def test_the_hub_s_own_python_may_let_people_in(values: Making) -> None:
    code = 'jupyterhub: {hub: {extraConfig: {a: "c.Authenticator.allowed_users = {1}"}}}'
    assert found(nobody_admitted, values(config("github"), code)) == []
    encrypted = f"jupyterhub: {{hub: {{extraConfig: {{a: '{ENCRYPTED}'}}}}}}\nsops: {{version: 1}}"
    assert found(nobody_admitted, values(config("github"), encrypted)) == []
    other = "jupyterhub: {hub: {extraConfig: {a: c.JupyterHub.log_level = 1}}}"
    assert len(found(nobody_admitted, values(config("github"), other))) == 1


@pytest.mark.parametrize(
    ("provider", "admitted"),
    [
        (idp(CAMPUS), False),
        (idp(CAMPUS, ", allow_all: false, allowed_domains: []"), False),
        (idp(CAMPUS, ", allow_all: true"), True),
        (idp(CAMPUS, ", allowed_domains: [example.org]"), True),
        (idp(CAMPUS, f", allow_all: '{ENCRYPTED}'"), True),
    ],
)
@pytest.mark.parametrize("key", ["idps", "allowed_idps"])
def test_cilogon_lets_in_by_provider(values: Making, key: str, provider: str, *, admitted: bool) -> None:
    text = f"{config('cilogon', idps(provider, key=key))}sops: {{version: 1}}\n"
    assert bool(found(nobody_admitted, values(text))) is not admitted


@pytest.mark.parametrize(
    "name", ["github", "gitlab", "google", "auth0", "globus", "bitbucket", "local-github"]
)
def test_everybody_gets_in(values: Making, name: str) -> None:
    text = config(name, "Authenticator: {allow_all: true}")
    assert found(everybody_admitted, values(text)) == [f"1:5:23: {EVERYBODY}"]


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("github", "GitHubOAuthenticator: {github_url: 'https://git.example.org', allow_all: true}"),
        ("google", "GoogleOAuthenticator: {hosted_domain: [example.org], allow_all: true}"),
        ("google", "GoogleOAuthenticator: {allowed_hosted_domains: [a.org], allow_all: true}"),
        ("generic-oauth", "Authenticator: {allow_all: true}"),
        ("azuread", "Authenticator: {allow_all: true}"),
        ("tmp", "Authenticator: {allow_all: true}"),
        ("github", "Authenticator: {allow_all: false}"),
        ("cilogon", idps(idp(CAMPUS, ", allow_all: true"), idp(GOOGLE))),
    ],
)
def test_not_everybody_can_have_an_account(values: Making, name: str, section: str) -> None:
    assert found(everybody_admitted, values(config(name, section))) == []


def test_cilogon_opens_by_provider_or_at_once(values: Making) -> None:
    one = idps(idp(CAMPUS, ", allow_all: true"), idp(GOOGLE, ", allow_all: true"))
    assert found(everybody_admitted, values(config("cilogon", one))) == [f"1:5:224: {EVERYBODY}"]
    every = values(config("cilogon", idps(idp(GOOGLE)), "Authenticator: {allow_all: true}"))
    assert found(everybody_admitted, every) == [f"1:6:23: {EVERYBODY}"]


SCOPE = "private memberships are not seen: add `read:org` to `GitHubOAuthenticator.scope`"


def test_organisations_take_a_scope(values: Making) -> None:
    teams = "{populate_teams_in_auth_state: true, scope: [user]}"
    for section in ("{allowed_organizations: [a], scope: [user]}", teams):
        text = config("github", f"GitHubOAuthenticator: {section}")
        assert found(github_scope, values(text)) == [f"1:5:30: {SCOPE}"]


@pytest.mark.parametrize(
    "section",
    [
        "GitHubOAuthenticator: {allowed_organizations: [a], scope: ['read:org']}",
        "GitHubOAuthenticator: {allowed_organizations: []}",
        "GitHubOAuthenticator: {allowed_users: [a]}",
        f"GitHubOAuthenticator: {{allowed_organizations: [a], scope: '{ENCRYPTED}'}}",
    ],
)
def test_the_scope_is_there_or_not_needed(values: Making, section: str) -> None:
    text = f"{config('github', section)}sops: {{version: 1}}\n"
    assert found(github_scope, values(text)) == []


def test_users_and_organisations_add_up(values: Making) -> None:
    section = "GitHubOAuthenticator: {allowed_organizations: [a], allowed_users: [b]}"
    assert found(allowed_users, values(config("github", section))) == [
        "1:5:58: these users get in besides those of `allowed_organizations`: either is enough"
    ]
    alone = "GitHubOAuthenticator: {allowed_organizations: [], allowed_users: [b]}"
    assert found(allowed_users, values(config("github", alone))) == []
