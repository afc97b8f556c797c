"""What a hub refers to: its chart, the hubs that it stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs, in_hub
from deployer.fleet.shipped import places
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Fleet, Hub
    from deployer.fleet.positions import KeyPath


@rule()
def chart(fleet: Fleet) -> Iterator[Finding]:
    """Want a hub's chart to be a directory of the fleet's, or to come with the program."""
    found = {
        path.parent.name for place in places(fleet.root, "charts") for path in place.glob("*/Chart.yaml")
    }
    for hub in hubs(fleet):
        if hub.chart and hub.chart not in found:
            message = f"no such chart: `{hub.chart}`; {did_you_mean(hub.chart, sorted(found))}"
            yield in_hub(hub, ("helm_chart",), message)


@rule()
def staging(fleet: Fleet) -> Iterator[Finding]:
    """Want `staging_for` and `staged_by` to name other hubs of the cluster, and to agree."""
    for cluster in fleet.clusters:
        hubs = {hub.name: hub for hub in cluster.hubs}
        for hub in cluster.hubs:
            for at, name in _staging_names(hub):
                if name == hub.name:
                    yield in_hub(hub, at, "a hub cannot stage itself")
                elif name not in hubs:
                    others = [other for other in hubs if other != hub.name]
                    yield in_hub(hub, at, f"no such hub: `{name}`; {did_you_mean(name, others)}")
                elif at[0] == "staging_for" and hubs[name].staged_by != hub.name:
                    message = f"`{name}` is staged by `{hubs[name].staged_by}` already"
                    yield in_hub(hub, at, message)


@rule()
def staging_loop(fleet: Fleet) -> Iterator[Finding]:
    """Refuse hubs that stage each other in a circle: no change could ever reach the first of them."""
    for cluster in fleet.clusters:
        before = {hub.name: hub.staged_by for hub in cluster.hubs}
        for hub in cluster.hubs:
            circle = _circle(hub.name, before)
            # Told once, at the hub of the circle that comes first.
            if circle and hub is next(each for each in cluster.hubs if each.name in circle):
                key = "staged_by" if hub.document.value((*hub.at, "staged_by")) else "staging_for"
                way = ", which is staged by ".join(f"`{name}`" for name in (*circle[1:], hub.name))
                yield in_hub(hub, (key,), f"staged by {way}")


RULES = (chart, staging, staging_loop)


def _circle(name: str, before: Mapping[str, str | None]) -> list[str]:
    """Return the hubs from one back to itself, empty when the way ends elsewhere."""
    way = [name]
    while (earlier := before.get(way[-1])) is not None and earlier not in way:
        way.append(earlier)
    return way if earlier == name and len(way) > 1 else []


def _staging_names(hub: Hub) -> Iterator[tuple[KeyPath, str]]:
    declared: Any = hub.document.value((*hub.at, "staging_for"))
    for index, name in enumerate(declared if isinstance(declared, list) else ()):
        if isinstance(name, str):
            yield ("staging_for", index), name
    before = hub.document.value((*hub.at, "staged_by"))
    if isinstance(before, str):
        yield ("staged_by",), before
