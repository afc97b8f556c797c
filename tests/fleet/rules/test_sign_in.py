"""What sign-in in short form needs, whoever says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fleet.rules.fleets import told, write

if TYPE_CHECKING:
    from pathlib import Path

STAFF = "name: Hubs\nstaff: {github: [ada], google: [Ada@Hubs.example.org]}\n"
BOTH = "`google` with `username_claim: email` or `github` with `username_claim: preferred_username`"
NOBODY = "hub `research`: `auth.staff` admits nobody: "


def messages(tmp_path: Path, auth: str, *, rule: str, org: str = "name: Hubs\n", **files: str) -> list[str]:
    root = write(tmp_path, cluster=f"    presets: [{', '.join(files)}]\n    auth: {auth}\n")
    (root / "config/presets").mkdir()
    (root / "config/org.yaml").write_text(org)
    for name, text in files.items():
        (root / f"config/presets/{name}.yaml").write_text(text)
    return [each.partition(": ")[2] for each in told(root, rule)]


@pytest.mark.parametrize(
    ("auth", "missing"),
    [
        ("{type: cilogon}", ["with `type: cilogon` needs `providers`"]),
        ("{type: oidc, provider: auth0}", ["with `type: oidc` and `provider: auth0` needs `issuer`"]),
        (
            "{type: oidc, issuer: 'https://a.org', authorize_url: 'https://a.org', token_url: 'https://a.org'}",
            ["with `type: oidc` and `provider: other` needs `userdata_url`"],
        ),
        ("{type: lti13, platform: canvas}", ["with `type: lti13` and `platform: canvas` needs `client_ids`"]),
        ("{type: github}", []),
        ("{type: native}", []),
    ],
)
def test_a_type_says_what_it_needs(tmp_path: Path, auth: str, missing: list[str]) -> None:
    assert messages(tmp_path, auth, rule="sign-in") == [f"hub `research`: `auth` {each}" for each in missing]


def test_a_preset_and_the_hub_may_say_it_together(tmp_path: Path) -> None:
    half = "description: Half\nauth: {type: lti13, platform: moodle, url: 'https://moodle.example.org'}\n"
    assert messages(tmp_path, "{type: lti13, client_ids: [a]}", rule="sign-in", half=half) == []


@pytest.mark.parametrize(
    ("auth", "found"),
    [
        ("{type: github, staff: true}", []),
        ("{type: github, staff: false}", []),
        ("{type: google, staff: true}", []),
        ("{type: google, staff: true, hosted_domains: [hubs.example.org]}", []),
        (
            "{type: google, staff: true, hosted_domains: [example.edu]}",
            ["Google lets in only people of `hosted_domains`, and staff are of others"],
        ),
        ("{type: cilogon, staff: true, providers: {google: {}}}", []),
        ("{type: cilogon, staff: true, providers: {'http://google.com/accounts/o8/id': {}}}", []),
        ("{type: cilogon, staff: true, providers: {github: {username_claim: preferred_username}}}", []),
        (
            "{type: cilogon, staff: true, providers: {github: {}}}",
            [f"add {BOTH} to `providers`"],
        ),
        ("{type: oidc, provider: auth0, issuer: 'https://a.org', staff: true}", []),
        (
            "{type: oidc, provider: keycloak, issuer: 'https://a.org', staff: true}",
            ["they are known by e-mail addresses, so `username_claim` has to be `email`"],
        ),
    ],
)
def test_staff_can_log_in_where_they_are_admins(tmp_path: Path, auth: str, found: list[str]) -> None:
    assert messages(tmp_path, auth, rule="staff", org=STAFF) == [f"{NOBODY}{each}" for each in found]


@pytest.mark.parametrize(
    ("auth", "where"),
    [
        ("{type: github, staff: true}", "`staff.github`"),
        ("{type: cilogon, staff: true, providers: {google: {}}}", "`staff.google` or `staff.github`"),
    ],
)
def test_somebody_has_to_be_staff(tmp_path: Path, auth: str, where: str) -> None:
    assert messages(tmp_path, auth, rule="staff") == [f"{NOBODY}add {where} to config/org.yaml"]


@pytest.mark.parametrize(
    "auth",
    [
        "1",
        "{}",
        "{type: [1]}",
        "{type: oidc, provider: {}, staff: true, username_claim: []}",
        "{type: cilogon, providers: [a], staff: true}",
        "{type: cilogon, providers: {google: 1, 2: 3}, staff: true}",
        "{type: google, google_groups: [a], groups: true, hosted_domains: 1, staff: true}",
        "{type: google, google_groups: {a: 1}, groups: true}",
        "{type: temporary, staff: true}",
        "{type: github, staff: 1, allowed_groups: 5, groups: false}",
    ],
)
def test_wrong_types_are_left_to_the_schema(tmp_path: Path, auth: str) -> None:
    assert messages(tmp_path, auth, rule="schema", org=STAFF) != []
