"""What each kind of own rule looks at, one case at a time, and where it points when something is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.rule import Finding
from deployer.rules.own.budget import Budget
from deployer.rules.own.values import Source
from deployer.rules.subjects import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Fleet, Hub
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubObjects, HubValues

_PLACEHOLDER = re.compile(r"\bunknown-[\w-]+\.\w")
"""What an object has where a value is encrypted (`deployer.render.placeholders`)."""


class Case(NamedTuple):
    """What the expressions see, what that may cost, who it is about, and what to tell when it is wrong."""

    variables: Mapping[str, Any]
    budget: Budget
    about: str
    finding: Finding


def of_fleet(fleet: Fleet, at: KeyPath, message: str) -> Iterator[Case]:
    """Return each cluster, as its cluster.yaml says."""
    for cluster in fleet.clusters:
        budget = Budget()
        variables = {"cluster": Source(budget=budget).value(cluster.document.data)}
        finding = Finding(cluster.document, at[1:], message)
        yield Case(variables, budget, f"cluster `{cluster.name}`: ", finding)


def of_hub(release: HubValues, at: KeyPath, message: str) -> Iterator[Case]:
    """Return a hub with its values."""
    budget = Budget()
    if at[:1] == ("values",):
        finding = release.finding(at[1:], message)
    elif at[:1] == ("cluster",):
        finding = Finding(release.cluster.document, at[1:], message)
    else:
        finding = Finding(release.hub.document, (*release.hub.at, *at[1:]), message)
    yield Case(_of_release(release, budget), budget, "", finding)


def of_objects(rendered: HubObjects, at: KeyPath, message: str) -> Iterator[Case]:
    """Return each object of a hub's release. They share what looking at them may cost."""
    budget = Budget()
    seen = _of_release(rendered.release, budget)
    source = Source(budget=budget, unknown=_is_made_up)
    for owner in rendered.objects:
        about = f"{name_of(owner)}: "
        if at and at[0] != "values":
            (case,) = of_hub(rendered.release, at, about + message)
            finding = case.finding
        else:
            finding = rendered.finding(owner, message, at[1:])
        yield Case({**seen, "object": source.value(owner)}, budget, about, finding)


def _of_release(release: HubValues, budget: Budget) -> dict[str, Any]:
    files = Source(budget=budget)
    hidden = any(file.encrypted for file in release.hub.values_files)
    values = Source(budget=budget, unknown=_unknown_in(release)) if hidden else files
    return {
        "values": values.value(release.values),
        "hub": files.value(_declared(release.hub)),
        "cluster": files.value(release.cluster.document.data),
    }


def _unknown_in(release: HubValues) -> Any:
    return lambda at, _value: release.unknown(at)


def _is_made_up(_at: KeyPath, value: Any) -> bool:
    return isinstance(value, str) and _PLACEHOLDER.search(value) is not None


def _declared(hub: Hub) -> Any:
    return hub.document.value(hub.at)
