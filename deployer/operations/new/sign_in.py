"""The ways of logging in: what each is asked for, and what of it must be encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCAL = "dummy"
"""Nobody but this machine reaches a hub of the local cluster; on any other, it is refused."""
DESCRIPTIONS: Mapping[str, str] = {
    "github": "an account on GitHub, for members of organisations",
    "cilogon": "an account of the own institution, through CILogon",
    "google": "an account of an organisation on Google Workspace",
    "oidc": "a provider of your own, such as Keycloak or Auth0",
    "lti13": "a learning platform, such as Canvas or Moodle",
    "native": "accounts of the hub's own, which people ask for and admins approve",
    "shared-password": "any name, and one password for all: for workshops",
    "temporary": "no account; nothing is kept",
    LOCAL: "any name, with any password",
}
ASKED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("github", ""): ("organizations",),
    ("cilogon", ""): ("providers",),
    ("google", ""): ("hosted_domains",),
    ("oidc", ""): ("provider",),
    ("oidc", "keycloak"): ("issuer",),
    ("oidc", "auth0"): ("issuer",),
    ("oidc", "other"): ("authorize_url", "token_url", "userdata_url"),
    ("lti13", ""): ("platform", "client_ids"),
    ("lti13", "moodle"): ("url",),
    ("lti13", "other"): ("issuer", "authorize_url", "jwks_url"),
}
"""The keys of `auth` without which a type does not work, also for which kind of it."""
LETTING_IN = ("google", "cilogon", "oidc")
"""The types for which it is asked whether everybody is let in: their other keys do not say who is."""
KIND = {"oidc": "provider", "lti13": "platform"}
"""The key that says which kind of a type it is."""
EXAMPLES = {
    "admins": "somebody",
    "organizations": "my-organisation",
    "providers": "https://idp.example.edu/idp/shibboleth",
    "hosted_domains": "example.edu",
    "issuer": "https://login.example.edu/realms/campus",
    "client_ids": "10000000000001",
}
_SECTIONS = {
    "github": "GitHubOAuthenticator",
    "cilogon": "CILogonOAuthenticator",
    "google": "GoogleOAuthenticator",
    "oidc": "GenericOAuthenticator",
    "auth0": "Auth0OAuthenticator",
}
_PASSWORDS = "SharedPasswordAuthenticator"


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A way of logging in as values: the name of an authenticator, and the setting that lets people in.

    `asked` is what the setting is called in questions.
    """

    authenticator: str
    asked: str | None = None
    admitting: str = ""
    more: Mapping[str, Any] | None = None
    everybody: bool = False


PLAIN: Mapping[str, Plain] = {
    "github": Plain(
        authenticator="github",
        asked="organizations",
        admitting="allowed_organizations",
        # Private memberships are seen with it only.
        more={"scope": ["read:org"]},
    ),
    "google": Plain(authenticator="google", asked="hosted_domains", admitting="hosted_domain"),
    "shared-password": Plain(authenticator="shared-password", everybody=True),
    "temporary": Plain(authenticator="tmp"),
}
"""What a hub can begin with where `auth` has no word for it."""


def config(kind: str, admitted: Sequence[str], admins: Sequence[str]) -> dict[str, Any]:
    """Return the `hub.config` of a way of logging in, without what must be encrypted."""
    plain = PLAIN[kind]
    found: dict[str, Any] = {"JupyterHub": {"authenticator_class": plain.authenticator}}
    who: dict[str, Any] = {"allow_all": True} if plain.everybody else {}
    found["Authenticator"] = {**who, **({"admin_users": list(admins)} if admins else {})}
    if plain.asked:
        found[_SECTIONS[kind]] = {plain.admitting: list(admitted), **(plain.more or {})}
    return {section: settings for section, settings in found.items() if settings}


def secret(kind: str, *, of: str = "", admins: bool = False) -> tuple[str, ...]:
    """Return the paths of the values that a way of logging in takes, and that must be encrypted.

    `of` is which kind of a type it is, and `admins` whether anybody is named as one.
    """
    if kind == "shared-password":
        keys = ("user_password", *(("admin_password",) if admins else ()))
        return tuple(f"jupyterhub.hub.config.{_PASSWORDS}.{key}" for key in keys)
    section = _SECTIONS.get(of) or _SECTIONS.get(kind)
    keys = ("client_id", "client_secret") if section else ()
    return tuple(f"jupyterhub.hub.config.{section}.{key}" for key in keys)
