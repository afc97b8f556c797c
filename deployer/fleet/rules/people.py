"""The community's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs, in_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet


@rule("warning")
def contacts(fleet: Fleet) -> Iterator[Finding]:
    """Want somebody who speaks for the community where there are `contacts` at all.

    When a hub is down or has to move, it is them whom the operator asks.
    """
    for hub in hubs(fleet):
        block = hub.document.value((*hub.at, "contacts"))
        if isinstance(block, dict) and not block.get("representatives") and not block.get("owner"):
            message = (
                "`contacts` name nobody who speaks for the community: add `representatives` or an `owner`"
            )
            yield in_hub(hub, ("contacts",), message)


RULES = (contacts,)
