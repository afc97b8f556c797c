"""Sign-in: who may log in, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.sign_in import cilogon, github, google, lti13, oidc, without_provider
from deployer.render.features.sign_in.way import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deployer.render.features.sign_in.way import Way
    from deployer.render.subject import Subject

TYPES: Mapping[str, Callable[[Subject, Mapping[str, Any]], Way]] = {
    "cilogon": cilogon.way,
    "dummy": without_provider.dummy,
    "github": github.way,
    "google": google.way,
    "lti13": lti13.way,
    "native": without_provider.native,
    "oidc": oidc.way,
    "shared-password": without_provider.shared_password,
    "temporary": without_provider.temporary,
}
_CHOSEN_ELSEWHERE = ("native", "temporary")
"""Whoever gets through these is to be let in: admins have approved them, or there is nobody to know."""

_KNOWN_BY_COMING = ("dummy", "lti13", "shared-password")
"""Whoever gets through these was invited, or the hub is on one's own machine."""


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of JupyterHub's authenticator, and what the hub-side Python is told."""
    way = TYPES[settings["type"]](subject, settings)
    config = {
        "JupyterHub": {"authenticator_class": way.authenticator},
        "Authenticator": _admission(settings),
        **({way.section: dict(way.traits)} if way.traits else {}),
    }
    hub = {"config": config, **({"extraFiles": dict(way.files)} if way.files else {})}
    told = {
        "sign_in": _told(way),
        "anonymous_names": _anonymous(settings, way),
        "staff": list(way.staff) if settings["staff"] else [],
    }
    told = {key: value for key, value in told.items() if value}
    return {"jupyterhub": {"hub": hub, **({"custom": {"deployer": told}} if told else {})}}


def _admission(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "allow_all": _everybody(settings),
        "admin_users": settings["admins"],
        **said(settings, {"users": "allowed_users", "blocked": "blocked_users"}),
    }


def _everybody(settings: Mapping[str, Any]) -> bool:
    if settings["type"] in _CHOSEN_ELSEWHERE:
        return True
    unsaid = settings["type"] in _KNOWN_BY_COMING and "users" not in settings
    return bool(settings.get("everybody", unsaid))


def _told(way: Way) -> dict[str, Any]:
    told = {key: value for key, value in {"groups": way.groups, "verified": way.verified}.items() if value}
    return {"authenticator": way.section, **told} if told else {}


def _anonymous(settings: Mapping[str, Any], way: Way) -> dict[str, Any]:
    anonymous = settings["anonymous_names"]
    if anonymous is False:
        return {}
    claims = anonymous.get("claims", way.account) if isinstance(anonymous, dict) else way.account
    return {"claims": list(claims), **({"user": way.user} if way.user else {})}
