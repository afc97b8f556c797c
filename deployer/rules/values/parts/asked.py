"""What a hub asks for in short forms, as rules look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.node_pools import pools
from deployer.fleet.rule import Finding
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Feature
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues


def asked(release: HubValues, name: str) -> Iterator[Feature]:
    """Yield the feature of a name, if the hub has it."""
    return (feature for feature in release.hub.features if feature.name == name)


def finding(feature: Feature, at: KeyPath, message: str) -> Finding:
    """Return a finding at a path below a feature's settings, or above where a preset says the rest."""
    where = (*feature.at, *at)
    while len(where) > len(feature.at) and feature.document.value(where) is None:
        where = where[:-1]
    return Finding(feature.document, where, message)


def unknown_pool(
    release: HubValues, feature: Feature, settings: Mapping[str, Any], at: KeyPath
) -> Iterator[Finding]:
    """Yield that the node pool of settings is none that the cluster declares."""
    name = settings.get("pool")
    known = [pool.name for pool in pools(release.cluster)]
    if name is not None and name not in known:
        advice = did_you_mean(name, known) if known else "`infrastructure.node_pools` declares none"
        yield finding(feature, (*at, "pool"), f"no such node pool: `{name}`; {advice}")
