"""What is proposed where nothing is answered yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import Local
from deployer.fleet.rules.services import services

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from deployer.fleet.model import Cluster, Fleet

STAGING = "staging"
PRODUCTION = "prod"
"""The name of a hub that is the one which its cluster is for: its address needs no word for that."""
_TOP = "local"


def title(name: str) -> str:
    """Return a name for people: `climate-lab` is `Climate Lab`."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("-") if word)


def display_name(cluster: Cluster | str, name: str, taken: Collection[str] = ()) -> str:
    """Return a hub's name for people, one that no other hub of the cluster has."""
    whose = title(cluster if isinstance(cluster, str) else cluster.name)
    if name in (STAGING, PRODUCTION):
        proposed = f"{whose} (staging)" if name == STAGING else whose
    else:
        proposed = title(name)
    used = {" ".join(each.lower().split()) for each in taken}
    return proposed if proposed.lower() not in used else f"{whose} {name}"


def domain(fleet: Fleet, cluster: Cluster | str, name: str) -> str | None:
    """Return a host name for a hub, None when nothing tells where hubs get theirs.

    A neighbour whose host name begins with its own name shows how the cluster does it; else the first domain
    of config/org.yaml has a place for each cluster.
    """
    known = cluster if not isinstance(cluster, str) else None
    if known and isinstance(known.provider, Local):
        return f"{name}.localhost"
    parents = list(_parents(known)) if known else []
    if not parents:
        own = cluster if isinstance(cluster, str) else cluster.name
        parents = [f"{own}.{each}" for each in fleet.organisation.domains[:1]]
    for parent in parents:
        proposed = parent if name in (PRODUCTION, parent.partition(".")[0]) else f"{name}.{parent}"
        if proposed not in taken_hosts(fleet):
            return proposed
        return f"{name}.{parent}"
    return None


def taken_hosts(fleet: Fleet) -> dict[str, str]:
    """Return the host names that lead somewhere already, with who has them."""
    return {service.host: service.owner for service in services(fleet)}


def _parents(cluster: Cluster) -> Iterable[str]:
    for hub in cluster.hubs:
        own, _, parent = hub.domain.partition(".")
        if own == hub.name and "." in parent:
            yield parent
