"""What sign-in needs beyond the settings of authenticators: groups of any form, verified addresses."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from traitlets.config import Config

c: Config


def _claim(info: Any, name: str) -> Any:
    """Return a claim. Its name may have dots; when there is none of that name, dots lead into a map."""
    if not isinstance(info, dict):
        return None
    if name in info:
        return info[name]
    return reduce(lambda part, key: part.get(key) if isinstance(part, dict) else None, name.split("."), info)


def _teams(named: list[str]) -> Callable[[dict[str, Any]], list[str]]:
    """Return what finds teams on GitHub: those that are named, and all of an organisation that is.

    People may be in many others that are none of the hub's business.
    """
    wanted = {name.casefold() for name in named}

    def groups(auth_state: dict[str, Any]) -> list[str]:
        found = [(team["organization"]["login"], team["slug"]) for team in auth_state.get("teams") or ()]
        return [
            f"{organization}:{team}"
            for organization, team in found
            if not wanted.isdisjoint({organization.casefold(), f"{organization}:{team}".casefold()})
        ]

    return groups


def _groups(user: str, name: str) -> Callable[[dict[str, Any]], list[str]]:
    """Return what finds groups in a claim: a list, or the one group of somebody who is in one."""

    def groups(auth_state: dict[str, Any]) -> list[str]:
        found = _claim(auth_state.get(user), name) or []
        return [found] if isinstance(found, str) else [each for each in found if isinstance(each, str)]

    return groups


def _verified(claim: str) -> Callable[[dict[str, Any]], Any]:
    """Return what takes a name from an e-mail address: not from one that anybody could have typed."""

    def name(info: dict[str, Any]) -> Any:
        if info.get("email_verified") is False:
            raise HTTPError(403, "Verify your e-mail address with your provider, then log in again")
        return info.get(claim)

    return name


def _set_up(config: Config, settings: Mapping[str, Any]) -> None:
    section = config[settings["authenticator"]]
    groups = settings.get("groups")
    if groups and "auth_state_groups_key" not in section:
        found = _teams(groups["teams"]) if "teams" in groups else _groups(groups["user"], groups["claim"])
        section.auth_state_groups_key = found
    if settings.get("verified"):
        section.username_claim = _verified(settings["verified"])


_settings = get_config("custom.deployer.sign_in", None)
if _settings:
    _set_up(c, _settings)  # noqa: F821 JupyterHub gives it
