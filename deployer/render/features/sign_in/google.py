"""Google: organisations of Google Workspace, and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.sign_in.way import Way, group_traits, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_KEYS = "/usr/local/etc/jupyterhub/google"
_SCOPE = ("openid", "email")
"""What GoogleOAuthenticator asks for by itself."""


def way(subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people log in with Google."""
    groups = settings.get("google_groups", {})
    return Way(
        authenticator="google",
        section="GoogleOAuthenticator",
        traits={
            **said(settings, {"hosted_domains": "hosted_domain", "strip_domain": "strip_domain"}),
            **({"scope": [*_SCOPE, *settings["scope"]]} if settings["scope"] else {}),
            **(_directory(groups) if groups else {}),
            **({"auth_state_groups_key": "google_user.google_groups"} if settings["groups"] else {}),
            **group_traits(settings),
        },
        files={key_name(domain): {"mountPath": f"{_KEYS}/{domain}.json"} for domain in groups},
        user="google_user",
        account=("id",),
        staff=tuple(_name(each, settings) for each in subject.cluster.organisation.staff.get("google", ())),
    )


def key_name(domain: str) -> str:
    """Return the entry of `hub.extraFiles` for the key of an organisation's service account."""
    return f"google-service-account-{domain.replace('.', '-')}"


def _directory(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "allowed_google_groups": {domain: each["allowed"] for domain, each in groups.items()},
        "admin_google_groups": {domain: each["admins"] for domain, each in groups.items() if each["admins"]},
        "gsuite_administrator": {domain: each["administrator"] for domain, each in groups.items()},
        "google_service_account_keys": {domain: f"{_KEYS}/{domain}.json" for domain in groups},
    }


def _name(address: str, settings: Mapping[str, Any]) -> str:
    """Return what GoogleOAuthenticator makes of an address."""
    domains = settings.get("hosted_domains", [])
    name, _, domain = address.rpartition("@")
    stripped = settings.get("strip_domain", len(domains) <= 1)
    return name if stripped and domain.lower() in domains else address
