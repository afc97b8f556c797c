"""Where log-ins come back to: what a community has to enter at its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Local
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster

_CONFIG = ("jupyterhub", "hub", "config", "JupyterHub", "authenticator_class")
_WITHOUT_PROVIDER = (
    *("default", "dummy", "firstuse", "hmac", "ldap", "lti11", "native", "null", "pam"),
    *("sharedpassword", "tmp"),
)
"""The authenticators of z2jh's hub image that send nobody anywhere."""
_LTI13 = {"login": "lti13/oauth_login", "callback": "lti13/oauth_callback", "config": "lti13/config"}
_OAUTH = {"callback": "oauth_callback"}


def callback_urls(cluster: Cluster, host: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses of a hub that its provider must know, by what they are for.

    `values` are the hub's merged ones. Locally there are none: they follow the address in the browser. A
    class of one's own counts as an OAuthenticator.
    """
    authenticator = look_up(values, _CONFIG)
    if isinstance(cluster.provider, Local) or not isinstance(authenticator, str):
        return {}
    kind = _kind(authenticator)
    if kind in _WITHOUT_PROVIDER:
        return {}
    base = str(look_up(values, ("jupyterhub", "hub", "baseUrl")) or "/").rstrip("/")
    paths = _LTI13 if kind == "lti13" else _OAUTH
    return {purpose: f"https://{host}{base}/hub/{path}" for purpose, path in paths.items()}


def _kind(authenticator: str) -> str:
    """Return what an authenticator is called, whether it is given by its name or by its class."""
    last = authenticator.replace(":", ".").rpartition(".")[2]
    return last.lower().removesuffix("authenticator").replace("-", "")
