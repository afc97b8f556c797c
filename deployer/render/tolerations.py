"""What lets pods run on nodes with taints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.fleet.node_pools import Taint


# What z2jh lets users' servers tolerate by itself; a choice with tolerations of its own replaces the list.
OF_USERS: tuple[dict[str, Any], ...] = tuple(
    {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
)


def of_taint(taint: Taint) -> dict[str, Any]:
    """Return the toleration of a taint."""
    value = {"operator": "Equal", "value": taint.value} if taint.value else {"operator": "Exists"}
    return {"key": taint.key, **value, **({"effect": taint.effect} if taint.effect else {})}
