"""Secrets that anybody can read who can read the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Local
from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues, ReleaseValues

_SECRET = frozenset(
    {
        "apiToken",
        "api_token",
        "auth_token",
        "client_secret",
        "cookieSecret",
        "cookie_secret",
        "oauth_client_secret",
        "privateKey",
        "private_key",
        "secretToken",
    }
)
"""Keys whose text is a secret in z2jh, dask-gateway, binderhub-service and all authenticators."""
_OF_KEYS = ("CryptKeeper",)
"""Its `keys` are a list of secrets."""
_PRIVATE_KEY = "PRIVATE KEY-----"
_BELOW = frozenset(
    {
        ("externalAccountBinding", "key"),
        ("https", "manual", "key"),
        ("slack_configs", "api_url"),
    }
)
"""Keys that are a secret below others, and nothing special elsewhere."""


@rule("warning")
def plain_credential(release: HubValues) -> Iterator[Finding]:
    """Want client secrets, tokens and private keys to be in encrypted files.

    Whoever reads the repository has them, also in its history: take a new one from whoever issued it, and
    put that into a file that sops encrypts. On the local cluster they open nothing, and nothing is said.
    """
    yield from readable(release)


def readable(release: ReleaseValues, keys: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what of a release's values is a secret, and in no encrypted file; `keys` are further ones."""
    if isinstance(release.cluster.provider, Local):
        return
    for at, values in release.own_maps:
        for where in _secrets(at, values, _SECRET.union(keys)):
            layer, found = release.merged.origin_path(where)
            document = layer.document
            if document is not None and not document.encrypted and found == where:
                message = f"`{shown(where)}` can be read by all: move it into a file that sops encrypts"
                yield release.finding(where, message)


RULES = (plain_credential,)


def _secrets(at: KeyPath, values: Mapping[str, Any], keys: Collection[str]) -> Iterator[KeyPath]:
    for key, value in values.items():
        if isinstance(value, str):
            # `$` and a name stand for a value of the environment.
            secret = _PRIVATE_KEY in value or (_is_key(at, key, keys) and not value.startswith("$"))
        else:
            secret = key == "keys" and at[-1:] == _OF_KEYS and isinstance(value, list)
        if secret and value:
            yield (*at, key)


def _is_key(at: KeyPath, key: str, keys: Collection[str]) -> bool:
    names = [each for each in (*at, key) if isinstance(each, str)]
    return key in keys or any(tuple(names[-len(below) :]) == below for below in _BELOW)
