"""Settings under names that their classes have given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values import admission
from deployer.rules.values.parts.settings import renamed
from deployer.rules.values.renamed_settings import RULES, renamed_setting
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

CONFIG = "jupyterhub:\n  hub:\n    config:\n      "
CILOGON = f"{CONFIG}JupyterHub: {{authenticator_class: cilogon}}\n      "
GITHUB = f"{CONFIG}JupyterHub: {{authenticator_class: github}}\n      "


def test_what_is_removed_is_told_with_what_came_after_it(values: Making) -> None:
    text = f"""{CILOGON}Authenticator: {{idp_whitelist: [a]}}
      CILogonOAuthenticator: {{idp: a, username_claim: '{ENCRYPTED}'}}
sops: {{version: 1}}
"""
    since = "since OAuthenticator {}, and does not start with it: write `idps`"
    assert found(RULES, values(text)) == [
        f"1:5:23: `CILogonOAuthenticator` has no `idp_whitelist` {since.format('0.12.0')}",
        f"1:6:31: `CILogonOAuthenticator` has no `idp` {since.format('15.0.0')}",
        f"1:6:39: `CILogonOAuthenticator` has no `username_claim` {since.format('16.0.0')}",
    ]


def test_what_is_renamed_is_told_with_its_name(values: Making) -> None:
    text = f"""{GITHUB}GitHubOAuthenticator: {{github_organization_whitelist: [a], github_client_id: a}}
      Authenticator: {{whitelist: [a]}}
      KubeSpawner: {{singleuser_uid: 1}}
"""
    ours, old = "GitHubOAuthenticator", "github_organization_whitelist"
    assert found(RULES, values(text)) == [
        f"1:5:30: `{old}` of `{ours}` is called `allowed_organizations` since OAuthenticator 0.12.0",
        f"1:5:66: `github_client_id` of `{ours}` is called `client_id` since OAuthenticator 0.1.0",
        f"1:6:23: `whitelist` of `{ours}` is called `allowed_users` since JupyterHub 1.2",
        "1:7:21: `singleuser_uid` of `KubeSpawner` is called `uid` since KubeSpawner 0.9",
    ]
    # It still lets people in.
    assert found(admission.nobody_admitted, values(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{CILOGON}CILogonOAuthenticator: {{idps: {{}}, idp: '', shown_idps: [], username_claim: null}}",
        f"{CILOGON}GitHubOAuthenticator: {{github_organization_whitelist: [a]}}",
        f"{GITHUB}GitHubOAuthenticator: {{allowed_organizations: [a], username_claim: a}}",
        f"{CONFIG}JupyterHub: {{authenticator_class: my.Own}}\n      MyOwn: {{idp_whitelist: [a]}}",
        f"{CONFIG}JupyterHub: {{authenticator_class: '{ENCRYPTED}'}}\nsops: {{version: 1}}",
        f"{CILOGON}CILogonOAuthenticator: []",
    ],
)
def test_what_is_empty_or_of_another_class_is_left_alone(values: Making, text: str) -> None:
    assert found(RULES, values(f"{text}\n")) == []


def test_an_unknown_class_has_what_all_authenticators_have(values: Making) -> None:
    text = f"{CONFIG}JupyterHub: {{authenticator_class: my.Own}}\n      Own: {{whitelist: [a]}}\n"
    assert found(renamed_setting, values(text)) == [
        "1:5:13: `whitelist` of `Own` is called `allowed_users` since JupyterHub 1.2"
    ]


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:metadata:DeprecationWarning")
def test_the_class_does_not_start_with_what_is_told_as_removed() -> None:
    from oauthenticator.cilogon import CILogonOAuthenticator
    from traitlets.config import Config

    idps = {"https://idp.example.org": {"username_derivation": {"username_claim": "a"}}}
    values: dict[str, object] = {"idp": "a", "username_claim": "a", "strip_idp_domain": True}
    removed = [key for key, name in renamed("CILogonOAuthenticator").items() if not name.taken]
    assert removed
    for key in removed:
        said = {"idps": idps, key: values.get(key, ["a"])}
        with pytest.raises(ValueError, match=f"{key} is deprecated"):
            CILogonOAuthenticator(config=Config({"CILogonOAuthenticator": said}))
