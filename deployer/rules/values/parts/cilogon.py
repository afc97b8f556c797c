"""The identity providers that CILogon is to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.checker import Checker
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.values.parts.authentication import Authentication, Setting

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["username_derivation"],
    "additionalProperties": False,
    "properties": {
        "default": {"type": "boolean"},
        "allow_all": {"type": "boolean"},
        "allowed_domains": {"type": "array", "items": {"type": "string"}},
        "allowed_domains_claim": {"type": "string"},
        "username_derivation": {
            "type": "object",
            "required": ["username_claim"],
            "additionalProperties": False,
            "properties": {
                "username_claim": {"type": "string"},
                "action": {"enum": ["strip_idp_domain", "prefix"]},
                "domain": {"type": "string"},
                "prefix": {"type": "string"},
            },
            "allOf": [
                {
                    "if": {"required": ["action"], "properties": {"action": {"const": "strip_idp_domain"}}},
                    "then": {"required": ["domain"]},
                },
                {
                    "if": {"required": ["action"], "properties": {"action": {"const": "prefix"}}},
                    "then": {"required": ["prefix"]},
                },
            ],
        },
    },
}
PROVIDER = Checker(schema=_SCHEMA)
"""What CILogonOAuthenticator of OAuthenticator 17 takes for a provider; with anything else no hub starts."""


class Provider(NamedTuple):
    """One identity provider's settings, and where they are."""

    at: KeyPath
    data: Mapping[str, Any]


def setting(auth: Authentication) -> Setting | None:
    """Return where the providers are: `idps`, which was called `allowed_idps` before 17.4."""
    settings = auth.settings
    return settings.get("idps") or settings.get("allowed_idps")


def providers(auth: Authentication) -> dict[str, Provider]:
    """Return the identity providers by their entity ids, none for other authenticators."""
    found = setting(auth) if auth.name == "cilogon" else None
    if found is None:
        return {}
    return {name: Provider((*found.at, name), mapping(data)) for name, data in mapping(found.value).items()}
