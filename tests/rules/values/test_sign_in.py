"""What sign-in leans on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.sign_in import RULES, anonymous_names, extra_files, managed_groups
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

ANONYMOUS = "jupyterhub: {custom: {deployer: {anonymous_names: {claims: [sub]}}}}"
ADOPTED = "jupyterhub: {custom: {auth: {anonymizeUsername: true}}}"
PEPPER = "USERNAME_DERIVATION_PEPPER"


@pytest.mark.parametrize(("text", "column"), [(ANONYMOUS, 34), (ADOPTED, 30)])
def test_anonymous_names_need_a_key(values: Making, text: str, column: int) -> None:
    key = f"jupyterhub.hub.extraEnv.{PEPPER}"
    where = "a new file enc-hub.secret.values.yaml, encrypted with sops and listed"
    advice = f"write `{key}` into {where}; `openssl rand -hex 32` makes one"
    assert found(anonymous_names, values(text)) == [
        f"1:1:{column}: missing key for anonymous names: {advice}"
    ]


@pytest.mark.parametrize(
    "environment", [f"{{{PEPPER}: '{ENCRYPTED}'}}", f"[{{name: {PEPPER}, valueFrom: {{}}}}]", "{}"]
)
def test_the_key_is_in_the_hub_s_environment(values: Making, environment: str) -> None:
    text = f"jupyterhub: {{hub: {{extraEnv: {environment}}}}}\nsops: {{version: 1}}"
    assert bool(found(anonymous_names, values(ANONYMOUS, text))) == (PEPPER not in environment)
    assert found(RULES, values(text)) == []


def test_a_file_has_content(values: Making) -> None:
    files = "a: {mountPath: /a}, b: {mountPath: /b, data: null}, c: {stringData: ''}, d: {}, e: 1"
    text = f"jupyterhub: {{hub: {{extraFiles: {{{files}}}}}}}"
    told = found(extra_files, values(text))
    assert [each.partition(": write")[0] for each in told] == [
        "1:1:33: `a` is a file without content",
        "1:1:53: `b` is a file without content",
    ]


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ("GitHubOAuthenticator: {manage_groups: true}", 1),
        ("Authenticator: {manage_groups: true}", 1),
        ("GitHubOAuthenticator: {manage_groups: false}, Authenticator: {manage_groups: true}", 0),
        ("GoogleOAuthenticator: {manage_groups: true}", 0),
        ("GitHubOAuthenticator: {}", 0),
    ],
)
def test_groups_come_from_one_place(values: Making, config: str, problems: int) -> None:
    hub = "authenticator_class: github, load_groups: {physics: {users: [ada]}}"
    text = f"jupyterhub: {{hub: {{config: {{JupyterHub: {{{hub}}}, {config}}}}}}}"
    message = "`load_groups` has no place where groups come from the provider: remove it"
    assert found(managed_groups, values(text)) == [f"1:1:71: {message}"] * problems
