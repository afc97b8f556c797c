"""What holds people's work, or is hard to get back: no plan may take it away unless somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class Protection:
    """A class of resources that the guard looks after, and what people lose with one."""

    name: str
    lost: str


CLUSTER = Protection(name="cluster", lost="all hubs of the cluster, until they are deployed to a new one")
NODE_POOL = Protection(name="node pool", lost="every server and hub that runs on its nodes")
NETWORK = Protection(name="network", lost="the way to everything that is in it")
HOMES = Protection(name="home storage", lost="people's home directories")
BUCKET = Protection(name="bucket", lost="all objects in it")
REGISTRY = Protection(name="registry", lost="all images in it, which running hubs may need")
DATABASE = Protection(name="database", lost="all that is in it")
DNS = Protection(name="DNS zone", lost="the names of all hubs in it; a new zone has other name servers")
KEY = Protection(name="key", lost="whatever is encrypted with it")


@dataclass(frozen=True, kw_only=True)
class Ageing:
    """What a cloud deletes by itself when it is old: `days` tells how old, from a resource's attributes.

    That is infinity where nothing is deleted. `of` is the attribute that leads to what holds the things,
    where that is another resource.
    """

    name: str
    things: str
    days: Callable[[Mapping[str, Any]], float]
    of: str | None = None

    def lost(self, change: Mapping[str, Any]) -> Protection | None:
        """Return what is lost when a change of Terraform's JSON lets things be deleted earlier, else None."""
        before, after = change.get("before"), change.get("after") or {}
        if before is None and (self.of is None or (change.get("after_unknown") or {}).get(self.of)):
            return None  # what holds them is only made now, with nothing in it
        days = self.days(after)
        if days >= self.days(before or {}):
            return None
        return Protection(name=self.name, lost=f"{self.things} older than {days:g} days")
