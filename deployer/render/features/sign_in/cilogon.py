"""CILogon: institutions, and the few providers that everybody can have an account with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.identity_providers import STAFF_CLAIMS, entity_id
from deployer.render.features.sign_in.way import Way, group_traits, managed, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.render.subject import Subject

_SCOPE = ("openid", "email", "org.cilogon.userinfo", "profile")
"""What CILogonOAuthenticator asks for by itself."""

_USER = "cilogon_user"
_GROUPS = "isMemberOf"


def way(subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people log in with CILogon."""
    providers = {entity_id(name): each for name, each in settings.get("providers", {}).items()}
    claim = settings.get("groups_claim", _GROUPS)
    return Way(
        authenticator="cilogon",
        section="CILogonOAuthenticator",
        traits={
            "idps": _with_default({name: _provider(each) for name, each in providers.items()}),
            **({"scope": [*_SCOPE, *settings["scope"]]} if settings["scope"] else {}),
            **group_traits(settings),
        },
        groups={"claim": claim, "user": _USER} if managed(settings) else {},
        user=_USER,
        account=("sub", "idp"),
        staff=tuple(_staff(subject.cluster.organisation.staff, providers)),
    )


def _provider(settings: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "everybody": "allow_all",
        "domains": "allowed_domains",
        "domains_claim": "allowed_domains_claim",
        "default": "default",
    }
    derivation = {"username_claim": settings["username_claim"]}
    if "strip_domain" in settings:
        derivation |= {"action": "strip_idp_domain", "domain": settings["strip_domain"]}
    elif "prefix" in settings:
        derivation |= {"action": "prefix", "prefix": settings["prefix"]}
    return {"username_derivation": derivation, **said(settings, names)}


def _with_default(providers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return providers of which one is proposed first: maps lose their order on the way to the hub."""
    if providers and not any(each.get("default") for each in providers.values()):
        first = next(iter(providers))
        return {**providers, first: {**providers[first], "default": True}}
    return providers


def _staff(staff: Mapping[str, tuple[str, ...]], providers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for kind, claim in STAFF_CLAIMS.items():
        provider = providers.get(entity_id(kind))
        if provider is not None and provider["username_claim"] == claim:
            for name in staff.get(kind, ()):
                yield _derived(provider, name)


def _derived(provider: Mapping[str, Any], name: str) -> str:
    """Return what CILogonOAuthenticator makes of a name."""
    if "strip_domain" in provider:
        domain = f"@{provider['strip_domain']}"
        return name[: -len(domain)] if name.lower().endswith(domain) else name
    return f"{provider['prefix']}:{name}" if "prefix" in provider else name
