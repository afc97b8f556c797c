"""Name people by a keyed hash of who they are to CILogon, so that the hub's records name nobody.

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
_WHO = ("sub", "idp", "oidc")


def _pepper() -> bytes:
    try:
        key = bytes.fromhex(os.environ[_PEPPER])
    except (KeyError, ValueError):
        key = b""
    if not 0 < len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"custom.auth.anonymizeUsername needs {_PEPPER}: 1 to 64 bytes in hexadecimal")
    return key


def _anonymous_name(identity: Mapping[str, Any], key: bytes) -> str:
    """Return the name of an identity: what CILogon, the provider, and the provider's provider call it."""
    # Names depend on each byte of this text.
    text = json.dumps({part: identity[part] for part in _WHO}, sort_keys=True)
    digest = hashlib.blake2b(text.encode(), key=key, digest_size=32).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _renamed(model: Any, key: bytes) -> Any:
    if not isinstance(model, dict):
        return model
    identity = (model.get("auth_state") or {}).get("cilogon_user") or {}
    missing = [part for part in _WHO if not identity.get(part)]
    if missing:
        # No name at all rather than one that tells who it is.
        message = f"This hub gives anonymous names, for which CILogon did not tell: {', '.join(missing)}"
        raise HTTPError(403, message)
    return {**model, "name": _anonymous_name(identity, key)}


def _with_anonymous_name(method: Callable[..., Awaitable[Any]], key: bytes) -> Callable[..., Awaitable[Any]]:
    @wraps(method)
    async def renamed(authenticator: Any, *args: Any, **kwargs: Any) -> Any:
        return _renamed(await method(authenticator, *args, **kwargs), key)

    return renamed


if get_config("custom.auth.anonymizeUsername", False):
    # Not a hook: the hub's own Python could replace it. A log-in that is refreshed is told anew who it is.
    Authenticator.run_post_auth_hook = _with_anonymous_name(Authenticator.run_post_auth_hook, _pepper())
    OAuthenticator.refresh_user = _with_anonymous_name(OAuthenticator.refresh_user, _pepper())
