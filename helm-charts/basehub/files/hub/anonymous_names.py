"""Name people by a keyed hash of who they are to their provider, so that the hub's records name nobody.

The hash is BLAKE2b of 32 bytes, written in base32: 52 characters, which fit a label of Kubernetes. Its key,
`USERNAME_DERIVATION_PEPPER`, must be kept, and kept secret: with another one everybody is somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.auth import Authenticator
from oauthenticator.oauth2 import OAuthenticator
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_PEPPER = "USERNAME_DERIVATION_PEPPER"
_ADOPTED = {"user": "cilogon_user", "claims": ["sub", "idp", "oidc"]}
"""What adopted hubs make hashes of: what CILogon, the provider, and the provider's provider call somebody."""


def _pepper() -> bytes:
    try:
        key = bytes.fromhex(os.environ[_PEPPER])
    except (KeyError, ValueError):
        key = b""
    if not 0 < len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"a hub with anonymous names needs {_PEPPER}: 1 to 64 bytes in hexadecimal")
    return key


def _anonymous_name(identity: Mapping[str, Any], key: bytes) -> str:
    # Names depend on each byte of this text.
    digest = hashlib.blake2b(json.dumps(identity, sort_keys=True).encode(), key=key, digest_size=32).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _renamed(model: Any, who: Mapping[str, Any], key: bytes) -> Any:
    """Return a log-in under another name, made of claims about the `user` whom a provider has told."""
    if not isinstance(model, dict):
        return model
    state = model.get("auth_state") or {}
    told = (state.get(who["user"]) if "user" in who else state) or {}
    identity = {claim: told.get(claim) for claim in who["claims"]}
    missing = [claim for claim, value in identity.items() if not value]
    if missing:
        # No name at all rather than one that tells who it is.
        message = f"This hub gives anonymous names, for which was not told: {', '.join(missing)}"
        raise HTTPError(403, message)
    return {**model, "name": _anonymous_name(identity, key)}


def _with_anonymous_name(
    method: Callable[..., Awaitable[Any]], who: Mapping[str, Any], key: bytes
) -> Callable[..., Awaitable[Any]]:
    @wraps(method)
    async def renamed(authenticator: Any, *args: Any, **kwargs: Any) -> Any:
        return _renamed(await method(authenticator, *args, **kwargs), who, key)

    return renamed


def _make_anonymous(who: Mapping[str, Any]) -> None:
    # Not a hook: the hub's own Python could replace it. A log-in that is refreshed is told anew who it is.
    key = _pepper()
    Authenticator.run_post_auth_hook = _with_anonymous_name(Authenticator.run_post_auth_hook, who, key)
    OAuthenticator.refresh_user = _with_anonymous_name(OAuthenticator.refresh_user, who, key)


_adopted = get_config("custom.auth.anonymizeUsername", False)
_who = _ADOPTED if _adopted else get_config("custom.deployer.anonymous_names", None)
if _who:
    _make_anonymous(_who)
