"""Make the operator's staff admins of the hub, where the hub says so; an admin may also log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh import get_config

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config


def _add_admins(config: Config, names: list[str]) -> None:
    # A class's own setting replaces the one of Authenticator, so each has to name them.
    for section in {"Authenticator", *(name for name in config if "admin_users" in config[name])}:
        if isinstance(config[section].get("admin_users"), list | tuple):
            config[section].admin_users = set(config[section].admin_users)
        config[section].admin_users.update(names)


if get_config("custom.deployer.staff"):
    _add_admins(c, get_config("custom.deployer.staff"))  # noqa: F821 JupyterHub gives it
