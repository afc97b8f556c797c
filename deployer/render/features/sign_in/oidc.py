"""A provider of one's own that speaks OpenID Connect: Keycloak, Auth0, or any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deployer.render.features.sign_in.way import Way, group_traits, managed, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SCOPE = ("openid", "profile", "email")
_TRAITS = {
    "authorize_url": "authorize_url",
    "token_url": "token_url",
    "userdata_url": "userdata_url",
    "logout_url": "logout_redirect_url",
    "label": "login_service",
}
_KEYCLOAK = {
    "authorize_url": "auth",
    "token_url": "token",
    "userdata_url": "userinfo",
    "logout_redirect_url": "logout",
}
"""Below `protocol/openid-connect/` of a realm, as Keycloak's guide to securing applications lists them."""

_EMAIL = "email"


def way(subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people log in with a provider of OpenID Connect."""
    auth0 = settings["provider"] == "auth0"
    name = settings.get("username_claim", _EMAIL if auth0 else "preferred_username")
    user = "auth0_user" if auth0 else "oauth_user"
    return Way(
        authenticator="auth0" if auth0 else "generic-oauth",
        section="Auth0OAuthenticator" if auth0 else "GenericOAuthenticator",
        traits={
            **_of_provider(settings),
            **said(settings, _TRAITS),
            "username_claim": name,
            "scope": list(dict.fromkeys([*_SCOPE, *settings["scope"]])),
            **group_traits(settings),
        },
        groups={"claim": settings.get("groups_claim", "groups"), "user": user} if managed(settings) else {},
        # Auth0OAuthenticator sees to that itself.
        verified=name if name == _EMAIL and not auth0 else None,
        user=user,
        account=("sub",),
        staff=tuple(subject.cluster.organisation.staff.get("google", ())) if name == _EMAIL else (),
    )


def _of_provider(settings: Mapping[str, Any]) -> dict[str, Any]:
    issuer = settings.get("issuer", "").rstrip("/")
    match settings["provider"]:
        case "keycloak":
            urls = {trait: f"{issuer}/protocol/openid-connect/{end}" for trait, end in _KEYCLOAK.items()}
            return {**urls, "login_service": "Keycloak"}
        case "auth0":
            return {"auth0_domain": urlsplit(issuer).netloc}
        case _:
            return {}
