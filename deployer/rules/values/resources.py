"""Memory and processors: written so that they are understood, and not more promised than granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.profiles import choices, overrides
from deployer.rules.values.parts.quantities import gibibytes, quantity, spawner_cpu, spawner_memory
from deployer.rules.values.parts.servers import AMOUNTS, SINGLEUSER, servers
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.servers import Setting

_READ: dict[str, Callable[[Any], float | None]] = {
    name: spawner_memory if name.startswith("mem") else spawner_cpu for name in AMOUNTS
}
_ADVICE = {
    "mem": "a number with K, M, G or T, such as `2G` (KubeSpawner does not know `2Gi`)",
    "cpu": "a number, such as 0.5 (KubeSpawner takes no text)",
}


@rule()
def server_units(release: HubValues) -> Iterator[Finding]:
    """Want memory and processors of users' servers in the units that KubeSpawner reads.

    They aren't those of Kubernetes: memory is a number with K, M, G or T, 1024 times as much each, and
    processors are a number. With anything else the hub, or the profile, does not start.
    """
    for name, at, value in _amounts(release):
        if value is not None and _READ[name](value) is None and not release.unknown(at):
            shown = at[-1] if at[-1] == name else f"{at[-2]}.{at[-1]}"
            yield release.finding(at, f"`{shown}` must be {_ADVICE[name[:3]]}")


@rule()
def server_guarantee(release: HubValues) -> Iterator[Finding]:
    """Want no more guaranteed to a server than its limit, in any combination of profile and choices.

    Kubernetes refuses such a pod, so nobody can start it. What a profile leaves out is that of `singleuser`,
    and that of the chart after it.
    """
    told: set[KeyPath] = set()
    for server in servers(release):
        for kind in ("mem", "cpu"):
            guarantee, limit = (server.amounts[f"{kind}_{which}"] for which in ("guarantee", "limit"))
            at = guarantee.at if guarantee.stage > limit.stage else limit.at
            message = _too_much(release, kind, guarantee, limit)
            if message and at not in told:
                told.add(at)
                yield release.finding(at, message)


@rule()
def container_resources(release: HubValues) -> Iterator[Finding]:
    """Want the `resources` of a container to be quantities, and requests to be within limits.

    Kubernetes refuses the pod otherwise.
    """
    for at, values in release.maps:
        if at and at[-1] == "resources" and ("requests" in values or "limits" in values):
            for kind in ("requests", "limits"):
                yield from _no_quantities(release, (*at, kind), values.get(kind))
            yield from _above_limits(release, at, values.get("requests"), values.get("limits"))


RULES = (server_units, server_guarantee, container_resources)


def _amounts(release: HubValues) -> Iterator[tuple[str, KeyPath, Any]]:
    for name, where in AMOUNTS.items():
        at = (*SINGLEUSER, *where)
        if release.said(*at):
            yield name, at, release.value(*at)
    for choice in choices(release):
        for name, value in overrides(choice).items():
            if name in AMOUNTS:
                yield name, (*choice.at, "kubespawner_override", name), value


def _too_much(release: HubValues, kind: str, guarantee: Setting, limit: Setting) -> str | None:
    low, high = (_READ[f"{kind}_limit"](setting.value) for setting in (guarantee, limit))
    # KubeSpawner takes 0 for no limit.
    if not low or not high or low <= high or release.unknown(guarantee.at) or release.unknown(limit.at):
        return None
    if kind == "mem":
        return f"more memory guaranteed than the limit is: {gibibytes(low)} of {gibibytes(high)}"
    return f"more processors guaranteed than the limit is: {low:g} of {high:g}"


def _no_quantities(release: HubValues, at: KeyPath, values: Any) -> Iterator[Finding]:
    for name, value in mapping(values).items():
        if value is not None and quantity(value) is None and not release.unknown((*at, name)):
            message = f"`{at[-1]}.{name}` must be a quantity, such as `500m` or `2Gi`"
            yield release.finding((*at, name), message)


def _above_limits(release: HubValues, at: KeyPath, requests: Any, limits: Any) -> Iterator[Finding]:
    for name, value in mapping(requests).items():
        low, high = quantity(value), quantity(mapping(limits).get(name))
        where = (*at, "requests", name)
        if low is None or high is None or low <= high or release.unknown(where):
            continue
        if not release.unknown((*at, "limits", name)):
            yield release.finding(where, f"`requests.{name}` is more than `limits.{name}`")
