"""The settings of a hub's classes: the facts, and how they add up."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from deployer.rules.values.parts.settings import checker, settings

if TYPE_CHECKING:
    from pathlib import Path


VALUES: tuple[Any, ...] = ("1G", 7, 1.5, [], ["text"], [7], {}, {"key": "text"}, {"key": 7})
DEEPER = {"admin_users", "allowed_users", "blocked_users", "whitelist"}
"""Settings whose class looks at more than the kind: names of users must be text."""


def _class(name: str) -> Any:
    from kubespawner import KubeSpawner
    from oauthenticator.cilogon import CILogonOAuthenticator
    from oauthenticator.github import GitHubOAuthenticator

    return {each.__name__: each for each in (KubeSpawner, CILogonOAuthenticator, GitHubOAuthenticator)}[name]


@pytest.fixture
def tool(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program `tools/hub-settings`, as a module."""
    loader = SourceFileLoader("tools_hub_settings", str(repository / "tools" / "hub-settings"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:metadata:DeprecationWarning")
def test_the_facts_are_those_of_the_hub_s_packages(tool: Any) -> None:
    """After a new version of one of them, `tools/hub-settings` writes the file anew."""
    assert tool.text() == tool.FILE.read_text(encoding="utf-8")


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:metadata:DeprecationWarning")
@pytest.mark.parametrize("name", ["GitHubOAuthenticator", "CILogonOAuthenticator", "KubeSpawner"])
def test_a_class_takes_what_we_say_it_does(name: str) -> None:
    """Values of many kinds, given to the class as configuration: it and we agree about each of them."""
    from traitlets import TraitError
    from traitlets.config import Config

    make = _class(name)
    traits = make.class_traits(config=True)
    more = {"_mock": True} if name == "KubeSpawner" else {}
    differing = []
    for key, value in product(sorted(settings(name).keys() & traits.keys()), VALUES):
        try:
            make(config=Config({name: {key: value}}), **more)
        except (TraitError, TypeError):
            taken = False
        except Exception:  # noqa: BLE001 - what it does with a value that it has taken
            taken = True
        else:
            taken = True
        fits = settings(name)[key] is not False and not list(checker(name).iter_errors({key: value}))
        if taken != fits and not (fits and key in DEEPER):
            differing.append((key, value, taken))
    assert differing == []


def test_the_settings_of_a_class_are_those_above_and_below_it() -> None:
    of_hub, of_spawner, of_github = map(settings, ("JupyterHub", "KubeSpawner", "GitHubOAuthenticator"))
    assert (of_hub["log_level"]["enum"][0], of_hub["bind_url"]) == (0, {"type": "string"})
    assert of_spawner["start_timeout"] == {"type": "integer"}
    assert {"allowed_organizations", "scope", "allow_all"} <= set(of_github)
    assert "allowed_organizations" in settings("Authenticator")
    assert "allowed_organizations" not in settings("GoogleOAuthenticator")
    assert settings("Spawner")["image"] == {"type": "string"}
    assert settings("MyAuthenticator") == {}


def test_what_classes_below_take_in_different_ways_may_be_anything() -> None:
    assert settings("Authenticator")["username_claim"] == {"type": "string"}
    assert settings("Authenticator")["admin_groups"] == {}
