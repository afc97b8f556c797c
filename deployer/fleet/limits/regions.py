"""Regions and zones: which a cluster is in, how zones are called, and where on earth a region is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.limits.facts import facts
from deployer.fleet.model import Aws, Azure, Gcp

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

_GCP_ZONE = re.compile(r"(?P<region>[a-z]+-[a-z]+[0-9]+)-(?P<letter>[a-z]|ai[0-9][a-z]?)")
_AI = "ai"
"""Zones for learning machines have names of their own, such as `us-south1-ai1b`."""
_APART = ("cn-", "eusc-", "us-gov-")


class Place(NamedTuple):
    """Where a region is."""

    country: str
    continent: str


def region(cluster: Cluster) -> str:
    """Return the region of a cluster, nothing when its cluster.yaml does not say."""
    match cluster.provider:
        case Aws(region=found):
            return found
        case Gcp(location=location):
            return region_of_zone(location)
        case Azure():
            found = cluster.document.value(("azure", "location"))
            return found if isinstance(found, str) else ""
        case _:
            return ""


def is_zone(location: str) -> bool:
    """Say whether a location of Google Cloud has the name of a zone."""
    return bool(_GCP_ZONE.fullmatch(location))


def region_of_zone(location: str) -> str:
    """Return the region of a zone of Google Cloud; a region is its own."""
    zone = _GCP_ZONE.fullmatch(location)
    return zone["region"] if zone else location


def known(cloud: str) -> dict[str, list[str]]:
    """Return the regions that a cloud is known to have."""
    found: dict[str, list[str]] = facts(cloud)["regions"]
    return found


def place(cloud: str, name: str) -> Place | None:
    """Return where a region is, None when it is unknown."""
    found = known(cloud).get(name)
    return Place(*found) if found else None


def near(cloud: str, name: str) -> str | None:
    """Return another region where a region is: in its country, or else on its continent."""
    here = place(cloud, name)
    others = {
        other: place(cloud, other)
        for other in known(cloud)
        if other != name and _partition(other) == _partition(name)
    }
    same = [other for other, there in others.items() if there == here]
    close = [other for other, there in others.items() if here and there and there.continent == here.continent]
    return next(iter([*same, *close]), None)


def _partition(name: str) -> str:
    """Return which of Amazon's clouds a region is of: accounts of one have nothing in another."""
    return next((each for each in _APART if name.startswith(each)), "")


def zones_of(name: str) -> list[str]:
    """Return the zones of a known region of Google Cloud."""
    letters = facts("gcp")["zones"]
    return [f"{name}-{letter}" for letter in letters.get(name, letters["default"])]


def may_have(name: str, zone: str) -> bool:
    """Say whether a region of Google Cloud may have a zone: what is not known may be anything."""
    found = _GCP_ZONE.fullmatch(zone)
    if name not in known("gcp") or found is None or found["letter"].startswith(_AI):
        return True
    return zone in zones_of(name)
