"""Names: of clusters and hubs, and what they must be unique in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import in_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster, Fleet, Hub


@rule()
def cluster_name(fleet: Fleet) -> Iterator[Finding]:
    """Want a cluster to be named as its directory, which is what commands take."""
    for cluster in fleet.clusters:
        name = cluster.document.value(("name",))
        if isinstance(name, str) and name != cluster.name:
            message = f"the cluster's name must be that of its directory: write `{cluster.name}`"
            yield Finding(cluster.document, ("name",), message)


@rule()
def hub_names(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two hubs of one name in a cluster: it is that of a namespace."""
    for cluster in fleet.clusters:
        yield from _unique(cluster, "name")


@rule()
def domains(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two hubs of one domain in a cluster."""
    for cluster in fleet.clusters:
        yield from _unique(cluster, "domain")


RULES = (cluster_name, hub_names, domains)


def _unique(cluster: Cluster, key: Literal["name", "domain"]) -> Iterator[Finding]:
    first: dict[str, Hub] = {}
    for hub in cluster.hubs:
        value: str = getattr(hub, key)
        other = first.setdefault(value, hub)
        if value and other is not hub:
            line = hub.document.mark((*other.at, key)).line
            message = f"another hub has the {key} `{value}`, in line {line}: each needs its own"
            yield in_hub(hub, (key,), message)
