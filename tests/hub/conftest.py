"""Runs hub-side Python as z2jh does, against the real classes of JupyterHub, and undoes what it changes."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.spawner import Spawner
from jupyterhub.user import User
from kubespawner import KubeSpawner
from oauthenticator.oauth2 import OAuthenticator
from traitlets.config import Config

from deployer.render.paths import look_up

if TYPE_CHECKING:
    from pathlib import Path

CHECK = "the-check-user"
_PATCHED = (
    (JupyterHub, "start"),
    (Spawner, "get_options_form"),
    (Spawner, "run_pre_spawn_hook"),
    (Spawner, "start_polling"),
    (Spawner, "stop_polling"),
    (KubeSpawner, "__init__"),
    (KubeSpawner, "load_user_options"),
    (Authenticator, "run_post_auth_hook"),
    (OAuthenticator, "refresh_user"),
    (User, "spawn"),
)


class Run(Protocol):
    """Runs one file over a configuration, with values of z2jh's key `custom`."""

    def __call__(self, name: str, config: Config | None = None, **custom: Any) -> Config: ...


@pytest.fixture
def run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for owner, name in _PATCHED:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    # A KubeSpawner looks for its cluster when it is made.
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda **_settings: None)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda _name: None)

    def run_file(name: str, config: Config | None = None, **custom: Any) -> Config:
        source = repository / f"helm-charts/basehub/files/hub/{name}.py"
        custom.setdefault("deployer", {}).setdefault("health_check", {"service": "check", "user": CHECK})
        values = {"custom": custom}

        def get_config(key: str, default: Any = None) -> Any:
            found = look_up(values, key.split("."))
            return default if found is None else found

        z2jh = ModuleType("z2jh")
        z2jh.get_config = get_config  # type: ignore[attr-defined]  # as z2jh has it
        monkeypatch.setitem(sys.modules, "z2jh", z2jh)
        config = Config() if config is None else config
        exec(compile(source.read_text(), str(source), "exec"), {"c": config})
        return config

    return run_file
