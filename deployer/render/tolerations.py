"""What lets pods run on nodes with taints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.fleet.node_pools import Taint


def of_taint(taint: Taint) -> dict[str, Any]:
    """Return the toleration of a taint."""
    value = {"operator": "Equal", "value": taint.value} if taint.value else {"operator": "Exists"}
    return {"key": taint.key, **value, **({"effect": taint.effect} if taint.effect else {})}
