"""Programs beside the hub that act on it with a token, or that people reach through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.merge import Layer, merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service with a role of its own for each name, and who may use it."""
    parts = [_service(name, service) for name, service in sorted(settings.items())]
    return joined(parts)


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return values of the chart basehub that have all parts, which are values of z2jh."""
    return {"jupyterhub": dict(merge(Layer(name="part", values=part) for part in parts).values)}


def admitted(name: str, groups: list[str] | None) -> dict[str, Any]:
    """Return values of z2jh that let groups use a service; everybody, when none are said."""
    if groups is None:
        return {"custom": {"deployer": {"open_services": {name: True}}}}
    scopes = [f"access:services!service={name}"]
    return {"hub": {"loadRoles": {f"use-{name}": {"groups": groups, "scopes": scopes}}}}


def _service(name: str, service: Mapping[str, Any]) -> dict[str, Any]:
    entry = {key: service[key] for key in ("url", "display") if key in service}
    if "url" not in service:
        # Nobody visits it: it only asks the hub.
        entry["display"] = False
    roles = (
        {f"service-{name}": {"services": [name], "scopes": service["scopes"]}} if service["scopes"] else {}
    )
    hub = {"services": {name: entry}, **({"loadRoles": roles} if roles else {})}
    parts = [{"hub": hub}, *([admitted(name, service.get("groups"))] if "url" in service else [])]
    return dict(merge(Layer(name="part", values=part) for part in parts).values)
