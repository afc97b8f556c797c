"""What an event will take: the nodes that a hub keeps warm, hour by hour, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.render.warm_windows import node_hours, windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster, Hub
    from deployer.render.warm_windows import Window

_FEATURE = "warm_nodes"


@dataclass(frozen=True, kw_only=True)
class EventPlan:
    """The windows of a hub. `price` is that of a node for an hour, None when nobody said it."""

    cluster: str
    hub: str
    windows: tuple[Window, ...]
    price: float | None

    @property
    def node_hours(self) -> float:
        """How many hours nodes are kept, those of all windows together."""
        return node_hours(self.windows)

    @property
    def cost(self) -> float | None:
        """What they cost, in the currency of the price."""
        return None if self.price is None else self.node_hours * self.price


def event_plan(cluster: Cluster, hub: Hub, *, price: float | None) -> EventPlan:
    """Return the plan of a hub.

    Raises:
        DeployerError: the hub keeps no nodes warm, or at a time that there is not.
    """
    asked = next((feature for feature in hub.features if feature.name == _FEATURE), None)
    if asked is None or not asked.settings["windows"]:
        raise DeployerError(
            f"hub `{hub.name}` keeps no nodes warm",
            hint="say when and how many: `features: {warm_nodes: {windows: [...]}}`",
        )
    try:
        found = windows(asked.settings["windows"])
    except ValueError as error:
        hint = "run `deployer validate`"
        raise DeployerError(f"hub `{hub.name}` has a window at no such time", hint=hint) from error
    return EventPlan(cluster=cluster.name, hub=hub.name, windows=found, price=price)


def summary(plan: EventPlan) -> dict[str, Any]:
    """Return a plan for programs."""
    listed = [
        {
            "nodes": window.nodes,
            "from": window.start.isoformat(),
            "until": window.end.isoformat(),
            "hours": window.hours,
            "node_hours": window.nodes * window.hours,
        }
        for window in plan.windows
    ]
    return {
        "cluster": plan.cluster,
        "hub": plan.hub,
        "windows": listed,
        "node_hours": plan.node_hours,
        "price": plan.price,
        "cost": plan.cost,
    }


def lines(plan: EventPlan) -> Iterator[str]:
    """Yield a plan for people."""
    for each in plan.windows:
        start, end = (time.isoformat(timespec="minutes") for time in (each.start, each.end))
        nodes, hours = _counted(each.nodes, "node"), _counted(each.hours, "hour")
        yield f"{start} to {end}: {nodes} for {hours}"
    total = _counted(plan.node_hours, "node hour")
    if plan.cost is None:
        yield f"together {total}, where windows overlap counted once"
    else:
        yield f"together {total} at {plan.price:g}: {plan.cost:.2f}"


def _counted(number: float, thing: str) -> str:
    return f"{number:g} {thing}{'' if number == 1 else 's'}"
