"""Windows in which nothing is to be deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.freezes import window
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import in_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet


@rule()
def freeze(fleet: Fleet) -> Iterator[Finding]:
    """Want each window of `freeze` to end after it begins: another one keeps nothing out.

    Windows may overlap, and those that are over may stay.
    """
    for cluster in fleet.clusters:
        for at, message in _backward(cluster.document.data.get("freeze")):
            yield Finding(cluster.document, at, message)
        for hub in cluster.hubs:
            for at, message in _backward(hub.document.value((*hub.at, "freeze"))):
                yield in_hub(hub, at, message)


RULES = (freeze,)


def _backward(said: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, each in enumerate(said if isinstance(said, list) else ()):
        found = window(each)
        if found and found.ends <= found.begins:
            yield ("freeze", index, "until"), "this window ends before it begins: `until` is after `from`"
