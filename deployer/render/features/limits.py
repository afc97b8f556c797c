"""How much one person gets, and how many there may be at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits of the hub and of servers; only of what is said, and z2jh's own hold for the rest."""
    hub: dict[str, Any] = {}
    if "servers" in settings:
        hub["activeServerLimit"] = settings["servers"]
    if "starting" in settings:
        hub["concurrentSpawnLimit"] = settings["starting"]
    if "named_servers" in settings:
        hub["allowNamedServers"] = settings["named_servers"] > 0
        hub["namedServerLimitPerUser"] = settings["named_servers"]
    singleuser = {
        **_amounts("memory", settings.get("memory"), {"guaranteed": "guarantee", "most": "limit"}),
        **_amounts("cpu", settings.get("cpu"), {"guaranteed": "guarantee", "most": "limit"}),
    }
    parts = {"hub": hub, "singleuser": singleuser}
    return {"jupyterhub": {name: part for name, part in parts.items() if part}}


def _amounts(kind: str, said: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any]:
    unit = "G" if kind == "memory" else None
    found = (
        {key: f"{said[name]}{unit}" if unit else said[name] for name, key in names.items() if name in said}
        if said
        else {}
    )
    return {kind: found} if found else {}
