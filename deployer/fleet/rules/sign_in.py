"""Sign-in in short form: what no schema can say, since presets and the hub may each say a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.features import SIGN_IN
from deployer.fleet.identity_providers import STAFF_CLAIMS, entity_id
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Feature, Fleet, Hub

    Settings = Mapping[str, Any]

_NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("cilogon", ""): ("providers",),
    ("oidc", "keycloak"): ("issuer",),
    ("oidc", "auth0"): ("issuer",),
    ("oidc", "other"): ("authorize_url", "token_url", "userdata_url"),
    ("lti13", "canvas"): ("client_ids",),
    ("lti13", "moodle"): ("client_ids", "url"),
    ("lti13", "other"): ("client_ids", "issuer", "authorize_url", "jwks_url"),
}
"""What each type needs to be told, and which kind of it."""
_KIND = {"oidc": "provider", "lti13": "platform"}
_OF_STAFF = {
    "github": ("github",),
    "google": ("google",),
    "cilogon": ("google", "github"),
    "oidc": ("google",),
}
"""Which of their names staff log in with."""


@rule()
def sign_in(fleet: Fleet) -> Iterator[Finding]:
    """Want `auth` to say all that its type needs, and nothing that contradicts itself.

    A hub without it would not start, or let nobody in. What presets say counts too.
    """
    for hub in hubs(fleet):
        for feature in hub.features:
            if feature.name == SIGN_IN:
                yield from _missing(hub, feature)
                yield from _about_groups(hub, feature)


@rule()
def staff(fleet: Fleet) -> Iterator[Finding]:
    """Want `staff` only where config/org.yaml has people whom the hub's sign-in knows.

    They would not be let in, and nobody would notice before they are needed.
    """
    for cluster in fleet.clusters:
        for hub in cluster.hubs:
            for feature in hub.features:
                if feature.name == SIGN_IN and feature.settings.get("staff") is True:
                    yield from _about_staff(hub, feature, cluster.organisation.staff)


RULES = (sign_in, staff)


def _missing(hub: Hub, feature: Feature) -> Iterator[Finding]:
    kind = feature.settings.get("type")
    of = str(feature.settings.get(_KIND.get(str(kind), ""), ""))
    which = f"`type: {kind}`" + (f" and `{_KIND[str(kind)]}: {of}`" if of else "")
    for key in _NEEDED.get((str(kind), of), ()):
        if not feature.settings.get(key):
            yield _finding(hub, feature, "", f"`auth` with {which} needs `{key}`")


def _about_groups(hub: Hub, feature: Feature) -> Iterator[Finding]:
    settings = feature.settings
    kind = settings.get("type")
    for key in ("allowed_groups", "admin_groups"):
        if settings.get(key) and feature.document.value((*feature.at, "groups")) is False:
            message = f"`auth.{key}` needs the provider's groups: remove `groups: false`"
            yield _finding(hub, feature, key, message)
    if kind == "google" and settings.get("groups") and not _asks_directory(settings):
        message = "`auth.groups` needs `google_groups`: Google tells of no others than are named there"
        yield _finding(hub, feature, "groups", message)


def _asks_directory(settings: Settings) -> bool:
    groups = settings.get("google_groups")
    listed = groups.values() if isinstance(groups, dict) else ()
    return any(each.get("allowed") or each.get("admins") for each in listed if isinstance(each, dict))


def _about_staff(hub: Hub, feature: Feature, people: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    kind = str(feature.settings.get("type"))
    known = _OF_STAFF.get(kind, ())
    if not known:
        return
    if any(people.get(each) for each in known):
        obstacle = _OBSTACLES[kind](feature.settings, people) if kind in _OBSTACLES else None
    else:
        obstacle = f"add {' or '.join(f'`staff.{each}`' for each in known)} to config/org.yaml"
    if obstacle:
        yield _finding(hub, feature, "staff", f"`auth.staff` admits nobody: {obstacle}")


def _no_provider_of_staff(settings: Settings, people: Mapping[str, tuple[str, ...]]) -> str | None:
    listed = settings.get("providers")
    providers = (
        {entity_id(str(name)): each for name, each in listed.items()} if isinstance(listed, dict) else {}
    )
    wanted = {kind: claim for kind, claim in STAFF_CLAIMS.items() if people.get(kind)}
    for kind, claim in wanted.items():
        found = providers.get(entity_id(kind))
        if isinstance(found, dict) and found.get("username_claim") == claim:
            return None
    ways = " or ".join(f"`{kind}` with `username_claim: {claim}`" for kind, claim in wanted.items())
    return f"add {ways} to `providers`"


def _domain_shut_out(settings: Settings, people: Mapping[str, tuple[str, ...]]) -> str | None:
    listed = settings.get("hosted_domains")
    domains: list[Any] = listed if isinstance(listed, list) else []
    if domains and not any(address.rpartition("@")[2].lower() in domains for address in people["google"]):
        return "Google lets in only people of `hosted_domains`, and staff are of others"
    return None


def _no_address(settings: Settings, _people: Mapping[str, tuple[str, ...]]) -> str | None:
    name = "email" if settings.get("provider") == "auth0" else "preferred_username"
    if settings.get("username_claim", name) != "email":
        return "they are known by e-mail addresses, so `username_claim` has to be `email`"
    return None


_OBSTACLES = {"cilogon": _no_provider_of_staff, "google": _domain_shut_out, "oidc": _no_address}


def _finding(hub: Hub, feature: Feature, key: str, message: str) -> Finding:
    at = (*feature.at, key) if key and feature.document.value((*feature.at, key)) is not None else feature.at
    return Finding(feature.document, at, f"hub `{hub.name}`: {message}")
