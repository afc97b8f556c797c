"""Start what BinderHub asks for: its image, and without log-in a server that its token opens.

BinderHub tells in a server's options what to start: `image`, `token`, and where the image came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError
from traitlets import Bool, Unicode, import_item
from traitlets.config import Configurable
from z2jh import get_config

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config

_SERVER_CLASSES = ("NotebookApp", "ServerApp")
"""Images of any age: each version of Jupyter knows one of them and leaves the other alone."""
_TOLD = ("binder_ref_url", "binder_launch_host", "binder_persistent_request", "binder_request")
_PATIENCE = 15 * 60
"""Seconds: images are large, were built a moment ago, and are on no node yet."""


class BinderSpawnerMixin(Configurable):  # type: ignore[misc]  # traitlets' configurables are not typed
    """What a spawner has to do for BinderHub. Its settings have the names that BinderHub's charts use."""

    auth_enabled = Bool(False, config=True, help="Whether people log in; images need jupyterhub-singleuser.")
    cors_allow_origin = Unicode("", config=True, help="The origin whose pages may use servers; `*` for any.")

    def get_args(self) -> list[str]:
        """Return the arguments of the server's command."""
        if self.auth_enabled:
            arguments: list[str] = super().get_args()
            return arguments
        settings = self._settings()
        return [
            "--ip=0.0.0.0",
            f"--port={self.port}",
            *(f"--{kind}.{key}={value}" for kind in _SERVER_CLASSES for key, value in settings.items()),
            *self.args,
        ]

    def _settings(self) -> dict[str, str]:
        settings = {
            "base_url": self.server.base_url,
            "token": self.user_options["token"],
            "trust_xheaders": "True",
        }
        if self.default_url:
            settings["default_url"] = self.default_url
        if self.cors_allow_origin:
            settings["allow_origin"] = self.cors_allow_origin
        if self.cors_allow_origin == "*":
            # `*` alone leaves out requests for single files.
            settings["allow_origin_pat"] = ".*"
        return settings

    def start(self) -> Any:
        """Start the image that was asked for."""
        if not self.auth_enabled:
            for needed in ("token", "image"):
                if not self.user_options.get(needed):
                    raise HTTPError(400, f"{needed} required")
        if self.user_options.get("image"):
            self.image = self.user_options["image"]
        return super().start()

    def get_env(self) -> dict[str, str]:
        """Return the server's environment, which tells it where it came from."""
        told = {"BINDER_REPO_URL": "repo_url", **{key.upper(): key for key in _TOLD}}
        options = self.user_options
        return {
            **super().get_env(),
            **{name: options[key] for name, key in told.items() if key in options},
        }


def _start_for_binderhub(config: Config) -> None:
    spawner = config.JupyterHub.spawner_class
    spawner = import_item(spawner) if isinstance(spawner, str) else spawner
    config.JupyterHub.spawner_class = type("BinderSpawner", (BinderSpawnerMixin, spawner), {})
    config.Spawner.start_timeout = _PATIENCE


if get_config("custom.binderhubUI.enabled", False):
    _start_for_binderhub(c)  # noqa: F821 JupyterHub gives it
