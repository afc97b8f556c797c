"""The ways of logging in: what each is asked for, and what of it must be encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
