"""Logging in with the real authenticators, as the values of a short form configure them.

They run as in a hub, from the code that a browser brings back to the person that JupyterHub is told of. What
they ask a provider is answered here, and what is not expected fails.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from oauthenticator.oauth2 import OAuthenticator, _serialize_state
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from traitlets.config import Config

from deployer.fleet.model import Organisation
from deployer.render.paths import look_up
from tests.render.features.asking import asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

STAFF = Organisation(staff={"github": ("hub-ada",), "google": ("ada@hubs.example.org",)})
SECRETS = {"client_id": "the-client", "client_secret": "the-secret"}
HUB_PYTHON = Path(__file__).parents[4] / "helm-charts/basehub/files/hub"
ABOUT_PEOPLE = ("anonymous_names", "github_groups", "sign_in", "staff_admins")
"""Files of hub-side Python, in the order in which z2jh runs them."""

_PATCHED = ((Authenticator, "run_post_auth_hook"), (OAuthenticator, "refresh_user"))
REPLACED = [(kind, name, getattr(kind, name)) for kind, name in _PATCHED]


@dataclass
class Provider:
    """Answers what an authenticator asks: a status, or what is sent as JSON, by address."""

    answers: Mapping[str, Any]
    asked: list[HTTPRequest] = field(default_factory=list)

    async def fetch(self, request: HTTPRequest, **options: Any) -> HTTPResponse:
        """Answer as tornado's client does."""
        self.asked.append(request)
        answer = self.answers[request.url]
        status = answer if isinstance(answer, int) else 200
        body = b"" if isinstance(answer, int) else json.dumps(answer).encode()
        response = HTTPResponse(request, status, buffer=BytesIO(body))
        if status >= 400 and options.get("raise_error", True):
            raise HTTPClientError(status, response=response)
        return response


def authenticator(
    monkeypatch: pytest.MonkeyPatch, text: str, secrets: Mapping[str, Any] = SECRETS, **making: Any
) -> Any:
    """Return the authenticator that `auth: ...` makes. Every trait that is configured has to be there.

    `secrets` are what an encrypted file adds for its class.
    """
    values = asked(text, organisation=STAFF, **making)["jupyterhub"]
    config = Config(values["hub"]["config"])
    _run_hub_python(monkeypatch, config, values)
    kind = JupyterHub(config=config).authenticator_class
    config[kind.__name__].update(secrets)
    assert unknown_traits(kind, config) == []
    return kind(config=config, **({"add_new_table": False} if kind.__name__ == "NativeAuthenticator" else {}))


def unknown_traits(kind: type[Authenticator], config: Config) -> list[str]:
    """Return what is configured that is no trait of the authenticator, or not about it at all."""
    kinds: list[Any] = [each for each in kind.mro() if issubclass(each, Authenticator)]
    mine = {each.__name__: each.class_trait_names(config=True) for each in kinds}
    told = {(section, trait) for section in config for trait in config[section] if section != "JupyterHub"}
    return sorted(f"{section}.{trait}" for section, trait in told if trait not in mine.get(section, ()))


def log_in(authenticator: Any, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the person whom JupyterHub lets in after a code came back, None when it lets in nobody."""
    authenticator.http_client = Provider(answers)
    state = _serialize_state({"state_id": "s", "code_verifier": "v"})
    handler = SimpleNamespace(get_argument=lambda _name: "the-code", get_state_cookie=lambda: state)
    authenticator.oauth_callback_url = "https://hub.example.org/hub/oauth_callback"
    return let_in(authenticator, handler, None)


def let_in(authenticator: Any, handler: Any, data: Any) -> dict[str, Any] | None:
    """Return whom JupyterHub lets in: name, groups if told, whether an admin (None: as before)."""
    model = asyncio.run(authenticator.get_authenticated_user(handler, data))
    return model and {key: model[key] for key in ("name", "admin", "groups") if key in model}


def _run_hub_python(monkeypatch: pytest.MonkeyPatch, config: Config, values: Mapping[str, Any]) -> None:
    def get_config(key: str, default: Any = None) -> Any:
        found = look_up(values, key.split("."))
        return default if found is None else found

    z2jh = ModuleType("z2jh")
    z2jh.get_config = get_config  # type: ignore[attr-defined]  # as z2jh has it
    monkeypatch.setitem(sys.modules, "z2jh", z2jh)
    # The files may replace these, once in the life of a hub.
    for kind, name, method in REPLACED:
        monkeypatch.setattr(kind, name, method)
    for each in ABOUT_PEOPLE:
        source = HUB_PYTHON / f"{each}.py"
        exec(compile(source.read_text(), str(source), "exec"), {"c": config})
