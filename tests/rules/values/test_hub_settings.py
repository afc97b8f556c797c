"""Settings in `hub.config`: their names and their kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.hub_settings import RULES, hub_setting, hub_setting_kind
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

CONFIG = "jupyterhub:\n  hub:\n    config:\n      "


def test_what_is_almost_a_setting_is_told_with_it(values: Making) -> None:
    text = f"""{CONFIG}JupyterHub: {{admin_acess: true, adminUsers: [a], my_own: 1}}
      KubeSpawner:
        start-timeout: 1
        imgae: a
      GitHubOAuthenticator:
        allowed_organisations: [a]
        allowed_organization: [a]
        allowed_users: [b]
      Authenticator: {{allowed_organisations: [a], allowed_usres: [a]}}
      MyAuthenticator: {{allowed_usres: 1}}
"""
    meant = "did you mean `allowed_organizations`?"
    assert found(hub_setting, values(text)) == [
        "1:4:20: `JupyterHub` has no setting `admin_acess`: did you mean `admin_access`?",
        "1:4:39: `JupyterHub` has no setting `adminUsers`: did you mean `admin_users`?",
        "1:6:9: `KubeSpawner` has no setting `start-timeout`: did you mean `start_timeout`?",
        "1:7:9: `KubeSpawner` has no setting `imgae`: did you mean `image`?",
        f"1:9:9: `GitHubOAuthenticator` has no setting `allowed_organisations`: {meant}",
        f"1:10:9: `GitHubOAuthenticator` has no setting `allowed_organization`: {meant}",
        f"1:12:23: `Authenticator` has no setting `allowed_organisations`: {meant}",
        "1:12:51: `Authenticator` has no setting `allowed_usres`: did you mean `allowed_users`?",
    ]


def test_the_setting_that_is_there_already_was_not_meant(values: Making) -> None:
    text = f"{CONFIG}JupyterHub: {{admin_acess: true, admin_access: true}}\n"
    assert found(RULES, values(text)) == []


def test_values_of_another_kind_are_told(values: Making) -> None:
    text = f"""{CONFIG}JupyterHub: {{port: "80", log_level: LOUD, ip: 1}}
      KubeSpawner:
        cpu_limit: "1"
        mem_limit: []
        volumes: text
        modify_pod_hook: my.hook
        cmd: [a, 3]
        environment: [a]
      Spawner: {{start_timeout: 5m}}
      GitHubOAuthenticator:
        allowed_organizations: {{a: b}}
        scope: [1]
        allow_all: "true"
        username_claim: 3
"""
    levels = "`0`, `10`, `20`, `30`, `40`, `50`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `CRITICAL`"
    assert found(hub_setting_kind, values(text)) == [
        "1:4:20: `port` must be a whole number, not text",
        f"1:4:32: `log_level` must be {levels}",
        "1:4:49: `ip` must be text, not a number: put it in quotes",
        "1:6:9: `cpu_limit` must be a number, not text",
        "1:7:9: `mem_limit` must be text or a number, not a list",
        "1:8:9: `volumes` must be a list or a map, not text",
        "1:9:9: `modify_pod_hook` takes a function, which values cannot give: set it in `hub.extraConfig`",
        "1:10:18: `cmd[1]` must be text, not a number: put it in quotes",
        "1:11:9: `environment` must be a map, not a list",
        "1:12:17: `start_timeout` must be a whole number, not text",
        "1:14:9: `allowed_organizations` must be text or a list, not a map",
        "1:15:17: `scope[0]` must be text, not a number: put it in quotes",
        "1:16:9: `allow_all` must be `true` or `false`, not text",
        "1:17:9: `username_claim` must be text, not a number: put it in quotes",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "JupyterHub: {authenticator_class: my.Class, services: {a: {}}, cookie_secret: [], log_level: 10}",
        "CryptKeeper: {keys: a;b}",
        "ConfigurableHTTPProxy: {auth_token: 3}",
        "KubeSpawner: {mem_limit: 1G, cpu_limit: 1, volumes: {a: {}}, image: null, pre_spawn_hook: 3}",
        "CILogonOAuthenticator: {username_claim: a, idps: {}, allowed_idps: {}}",
        "GitHubOAuthenticator: {allowed_organizations: one, scope: user}",
        "GenericOAuthenticator: {username_claim: a, scope: [openid], userdata_params: {a: 1}}",
        "Auth0OAuthenticator: {allowed_users: [1, a], admin_users: []}",
        "LocalGitHubOAuthenticator: {create_system_users: true, allowed_organizations: [a]}",
        "BinderHub: {alow_all: 3}",
        "JupyterHub: []",
        "3: {}",
    ],
)
def test_what_the_hub_takes_is_fine(values: Making, text: str) -> None:
    assert found(RULES, values(f"{CONFIG}{text}\n")) == []


def test_what_is_encrypted_is_unknown(values: Making) -> None:
    text = f"{CONFIG}GitHubOAuthenticator: {{allow_all: {ENCRYPTED!r}, alow_all: {ENCRYPTED!r}}}\n"
    assert found(hub_setting_kind, values(f"{text}sops: {{mac: {ENCRYPTED!r}}}\n")) == []
