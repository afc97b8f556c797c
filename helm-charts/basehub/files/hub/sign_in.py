"""What sign-in needs beyond the settings of authenticators: groups, verified addresses, anonymous names."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import reduce, wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from traitlets.config import Config

c: Config

_PEPPER = "USERNAME_DERIVATION_PEPPER"


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


def _pepper() -> bytes:
    try:
        key = bytes.fromhex(os.environ[_PEPPER])
    except (KeyError, ValueError):
        key = b""
    if not 0 < len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"anonymous names need {_PEPPER}: 1 to 64 bytes in hexadecimal")
    return key


def _anonymous_name(identity: Mapping[str, Any], key: bytes) -> str:
    # Names depend on each byte of this text. 52 characters, which fit a label of Kubernetes.
    text = json.dumps(identity, sort_keys=True)
    digest = hashlib.blake2b(text.encode(), key=key, digest_size=32).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _with_anonymous_name(
    after: Callable[..., Awaitable[Any]], claims: list[str], key: bytes
) -> Callable[..., Awaitable[Any]]:
    @wraps(after)
    async def renamed(authenticator: Any, handler: Any, model: dict[str, Any]) -> Any:
        state = model["auth_state"] or {}
        info = state.get(getattr(authenticator, "user_auth_state_key", ""), state)
        identity = {claim: _claim(info, claim) for claim in claims}
        missing = [claim for claim, value in identity.items() if not value]
        if missing:
            # No name at all rather than one that tells who it is.
            raise HTTPError(403, f"Names are anonymous here, for which was not told: {', '.join(missing)}")
        return await after(authenticator, handler, {**model, "name": _anonymous_name(identity, key)})

    return renamed


def _set_up(config: Config, settings: Mapping[str, Any]) -> None:
    section = config[settings["authenticator"]]
    groups = settings.get("groups")
    if groups and "auth_state_groups_key" not in section:
        found = _teams(groups["teams"]) if "teams" in groups else _groups(groups["user"], groups["claim"])
        section.auth_state_groups_key = found
    if settings.get("verified"):
        section.username_claim = _verified(settings["verified"])
    if settings.get("anonymous"):
        # Not a hook: the hub's own Python could replace it, and then names would tell who people are.
        after = Authenticator.run_post_auth_hook
        Authenticator.run_post_auth_hook = _with_anonymous_name(after, settings["anonymous"], _pepper())


_settings = get_config("custom.deployer.sign_in")
if _settings:
    _set_up(c, _settings)  # noqa: F821 JupyterHub gives it
