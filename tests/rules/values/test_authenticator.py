"""Which authenticator a hub has."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.authenticator import (
    RULES,
    authenticator_class,
    authenticator_config,
    dummy_authenticator,
    missing_password,
    short_password,
)
from deployer.rules.values.parts.authentication import NAMELESS, OAUTH, OTHERS, names
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

SHARED = "SharedPasswordAuthenticator"
NEW_FILE = "a new file enc-hub.secret.values.yaml, encrypted with sops and listed"


def missing(key: str, who: str) -> str:
    advice = f"write `jupyterhub.hub.config.{SHARED}.{key}` into {NEW_FILE}"
    return f"missing key `{key}` in `{SHARED}`: {who} could not log in; {advice}"


def config(name: str, more: str = "") -> str:
    return f"jupyterhub: {{hub: {{config: {{JupyterHub: {{authenticator_class: '{name}'}}{more}}}}}}}"


def test_names_are_those_of_jupyterhub_and_oauthenticator() -> None:
    installed = {each.name: each.value for each in entry_points(group="jupyterhub.authenticators")}
    assert installed.keys() <= set(names())
    assert {name: value.rpartition(":")[2] for name, value in installed.items() if name in OAUTH} == OAUTH
    assert {name: value.rpartition(":")[2] for name, value in installed.items() if name in OTHERS} == {
        name: OTHERS[name] for name in ("default", "dummy", "native", "null", "pam", "shared-password", "tmp")
    }


def test_an_unknown_name_is_told_with_what_was_meant(values: Making) -> None:
    assert found(authenticator_class, values(config("githb"))) == [
        "1:1:42: no such authenticator: `githb`; did you mean `github`?"
    ]
    (line,) = found(authenticator_class, values(config("x")))
    assert line.startswith("1:1:42: no such authenticator: `x`; known: auth0, azuread, ")


def test_null_is_a_name_in_quotes_only(values: Making) -> None:
    text = "jupyterhub: {hub: {config: {JupyterHub: {authenticator_class: null}}}}"
    assert found(authenticator_class, values(text)) == [
        '1:1:42: without quotes, `null` is nothing: write `"null"` for the authenticator of that name'
    ]
    assert found(RULES, values(config("null"))) == []
    assert found(authenticator_class, values(config("tmp"), "jupyterhub: null")) == []
    assert found(RULES, values("jupyterhub: {hub: {config: {JupyterHub: {authenticator_class: }}}}")) == []


@pytest.mark.parametrize("null", ["null", "", "{JupyterHub: null}", "{JupyterHub: }"])
def test_a_null_above_takes_the_authenticator_away(values: Making, null: str) -> None:
    above = f"jupyterhub: {{hub: {{config: {null}}}}}"
    later = "jupyterhub: {hub: {config: {Authenticator: {admin_users: [ada]}}}}"
    key = "jupyterhub.hub.config" + (".JupyterHub" if "J" in null else "")
    column = 29 if "J" in null else 20
    what = f"`{key}` has no value, which takes the authenticator away, so nobody can log in"
    advice = "remove the key, or write `jupyterhub.hub.config.JupyterHub.authenticator_class`"
    wanted = [f"2:1:{column}: {what}: {advice}"]
    assert found(authenticator_class, values(config("tmp"), above)) == wanted
    assert found(authenticator_class, values(config("tmp"), above, later)) == wanted
    assert found(authenticator_class, values(config("tmp"), above, config("github"))) == []
    python = "jupyterhub: {hub: {extraConfig: {a: c.JupyterHub.authenticator_class = X}}}"
    assert found(authenticator_class, values(above, python)) == []


@pytest.mark.parametrize(
    "name", ["github", "GitHub", "local-github", "tmp", "our.module.Class", "module:Class"]
)
def test_names_and_paths_are_fine(values: Making, name: str) -> None:
    assert found(authenticator_class, values(config(name))) == []


def test_an_image_of_one_s_own_may_have_more(values: Making) -> None:
    image = "jupyterhub: {hub: {image: {name: example.org/hub, tag: '1'}}}"
    assert found(authenticator_class, values(config("campus-sso"), image)) == []
    assert len(found(authenticator_class, values(config("gitub"), image))) == 1


def test_dummy_is_for_the_local_cluster(values: Making) -> None:
    advice = "write another `hub.config.JupyterHub.authenticator_class`"
    message = f"lets in anybody as anybody: {advice}"
    assert found(dummy_authenticator, values(config("dummy"))) == [
        f"1:1:42: the authenticator `dummy` {message}"
    ]
    cluster = "hubs:\n  - name: hub\n"
    assert found(dummy_authenticator, values(cluster=cluster)) == [
        f"cluster:2:5: the authenticator `dummy`, which is the chart's own choice, {message}"
    ]
    (line,) = found(RULES, values(config("dummy", ", DummyAuthenticator: {password: hunter2}")))
    assert "lets in all who know its password as anybody" in line
    assert found(RULES, values(config("dummy"), provider="local")) == []
    assert found(RULES, values(provider="local")) == []


@pytest.mark.parametrize("name", ["jupyterhub.auth.DummyAuthenticator", "jupyterhub.auth:DummyAuthenticator"])
def test_dummy_is_known_by_its_class_too(values: Making, name: str) -> None:
    assert len(found(dummy_authenticator, values(config(name)))) == 1


def test_the_authenticator_may_be_encrypted_or_set_by_python(values: Making) -> None:
    assert found(RULES, values(f"{config(ENCRYPTED)}\nsops: {{version: 1}}")) == []
    code = "jupyterhub: {hub: {extraConfig: {a: c.JupyterHub.authenticator_class = Ours}}}"
    assert found(RULES, values(code)) == []


def test_a_shared_password_is_there_and_long_enough(values: Making) -> None:
    none = values(config("shared-password", ", SharedPasswordAuthenticator: {password: hunter2-hunter2}"))
    assert found(missing_password, none) == [f"1:1:83: {missing('user_password', 'people')}"]
    short = "SharedPasswordAuthenticator: {user_password: hunter2, admin_password: hunter3}"
    assert found([missing_password, short_password], values(config("shared-password", f", {short}"))) == [
        "1:1:113: `user_password` must have 8 characters or more",
        "1:1:137: `admin_password` must have 32 characters or more",
    ]


def test_admins_need_a_password_of_their_own(values: Making) -> None:
    more = f", Authenticator: {{admin_users: [ada]}}, {SHARED}: {{user_password: long-enough}}"
    assert found(missing_password, values(config("shared-password", more))) == [
        f"1:1:120: {missing('admin_password', 'its admins')}"
    ]


@pytest.mark.parametrize(("name", "class_"), NAMELESS.items())
def test_an_authenticator_without_a_name_is_told_by_its_class(values: Making, name: str, class_: str) -> None:
    assert found(authenticator_class, values(config(name))) == [
        f"1:1:42: `{name}` is no name that JupyterHub knows: write `{class_}`"
    ]
    assert found(authenticator_class, values(config(class_))) == []


@pytest.mark.parametrize(
    "section",
    [f"{{user_password: '{ENCRYPTED}'}}", "{user_password: long-enough}", "{password_groups: {a: [b]}}"],
)
def test_a_password_may_be_encrypted(values: Making, section: str) -> None:
    text = config("shared-password", f", SharedPasswordAuthenticator: {section}")
    assert found(RULES, values(f"{text}\nsops: {{version: 1}}")) == []


def test_a_misspelt_class_of_configuration_is_questioned(values: Making) -> None:
    more = ", GithubOAuthenticator: {client_id: a}, GitLabOAuthenticator: {}, OurAuthenticator: {a: 1}"
    assert found(authenticator_config, values(config("github", more))) == [
        "1:1:74: there is no class `GithubOAuthenticator`: did you mean `GitHubOAuthenticator`?"
    ]


@pytest.mark.parametrize(
    "text", ["jupyterhub: {hub: {config: 1}}", "jupyterhub: {hub: {config: {JupyterHub: []}}}"]
)
def test_wrong_types_are_left_to_schemas(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []
