"""The records of the hubs' names, in the zone that the cluster's infrastructure has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.zones import zone_access

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def dns(subject: SupportSubject) -> dict[str, Any]:
    """Write records of hubs' names into the zone of outputs.yaml, as the identity that may change it."""
    access = zone_access(subject.cluster)
    if access is None:
        return {}
    common = {"enabled": True, "domainFilters": [access.zone], "txtOwnerId": subject.cluster.name}
    return {"external-dns": {**common, **access.external_dns}}
