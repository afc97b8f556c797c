"""What the hub-side Python of the health check does to JupyterHub's configuration."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import entry_points
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from jupyterhub.apihandlers.users import UserAPIHandler, UserListAPIHandler
from jupyterhub.auth import Authenticator, DummyAuthenticator
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.oauth2 import OAuthenticator
from traitlets.config import Config

from deployer.render import health
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHECK = "the-check-user"


@pytest.fixture
def configured(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Config], Config]:
    """Runs the file as z2jh does, over a configuration."""
    source = repository / "helm-charts/basehub/files/hub/health_check.py"
    z2jh = ModuleType("z2jh")
    values = health.values(CHECK)
    z2jh.get_config = lambda key: look_up(values, key.split("."))  # type: ignore[attr-defined]  # as z2jh has it
    monkeypatch.setitem(sys.modules, "z2jh", z2jh)
    # The file replaces these; setting them here makes that undone after the test.
    monkeypatch.setattr(UserListAPIHandler, "post", UserListAPIHandler.post)
    monkeypatch.setattr(UserAPIHandler, "patch", UserAPIHandler.patch)

    def run(config: Config) -> Config:
        exec(compile(source.read_text(), str(source), "exec"), {"c": config})
        return config

    return run


def blocked(config: Config, kind: type[Authenticator] = DummyAuthenticator) -> set[str]:
    return set(kind(config=config).blocked_users)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, {CHECK}, id="none"),
        pytest.param({"Authenticator": {"blocked_users": ["mallory"]}}, {CHECK, "mallory"}, id="a list"),
        pytest.param({"Authenticator": {"blocked_users": {"mallory"}}}, {CHECK, "mallory"}, id="a set"),
        pytest.param(
            {"GenericOAuthenticator": {"blocked_users": ["mallory"]}},
            {CHECK, "mallory"},
            id="the class's own",
        ),
        pytest.param(
            {
                "Authenticator": {"blocked_users": ["mallory"]},
                "GenericOAuthenticator": {"blocked_users": ["trudy"]},
            },
            {CHECK, "trudy"},
            id="both: the class's own counts",
        ),
    ],
)
def test_the_check_user_is_blocked_beside_those_whom_the_hub_blocks(
    configured: Callable[[Config], Config], settings: dict[str, Any], expected: set[str]
) -> None:
    assert blocked(configured(Config(settings)), GenericOAuthenticator) == expected


def test_users_whom_an_earlier_file_added_stay_blocked(configured: Callable[[Config], Config]) -> None:
    config = Config()
    config.Authenticator.blocked_users.add("mallory")
    assert blocked(configured(config)) == {CHECK, "mallory"}


@pytest.mark.parametrize(("name", "fresh"), [(CHECK, True), ("alice", False)])
def test_only_the_check_user_needs_no_log_in_that_is_still_good(
    configured: Callable[[Config], Config], name: str, fresh: bool
) -> None:
    """With auth state, an OAuthenticator refuses a user who never logged in, at every server start."""
    config = configured(Config())
    config.OAuthenticator.enable_auth_state = True

    async def no_auth_state() -> None:
        return None

    user = SimpleNamespace(name=name, get_auth_state=no_auth_state)
    authenticator = GitHubOAuthenticator(config=config)
    assert asyncio.run(authenticator.refresh_user(user)) is fresh


def test_every_oauthenticator_takes_the_computed_callback_from_its_parents_section() -> None:
    """So one computed value serves all of them, and classes derived from them."""
    config = Config({"OAuthenticator": {"oauth_callback_url": "https://host/hub/oauth_callback"}})
    kinds = [
        kind
        for point in entry_points(group="jupyterhub.authenticators")
        # `mediawiki` needs a package that is not here.
        if point.value.startswith("oauthenticator.") and point.name != "mediawiki"
        for kind in [point.load()]
    ]
    assert len(kinds) > 8
    assert [kind for kind in kinds if not issubclass(kind, OAuthenticator)] == []
    assert {kind.class_traits()["oauth_callback_url"].this_class for kind in kinds} == {OAuthenticator}
    assert GitHubOAuthenticator(config=config).get_callback_url() == "https://host/hub/oauth_callback"
