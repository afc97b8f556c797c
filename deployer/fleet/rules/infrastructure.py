"""The `infrastructure` block: what its cloud would refuse, and names that it is not known to have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_said import cloud as cloud_of
from deployer.fleet.limits import built, limits
from deployer.fleet.limits.facts import NAMES, facts
from deployer.fleet.limits.quotas import codes
from deployer.fleet.limits.regions import known, may_have, region, zones_of
from deployer.fleet.machines.table import names
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.fleet.node_pools import pools
from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster, Fleet
    from deployer.fleet.node_pools import Pool
    from deployer.fleet.positions import KeyPath

_KEY = "infrastructure"
_AWS_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""What has not even the form, its schema refuses."""
_FAMILY = {
    "aws": re.compile(r"([a-z0-9-]+)\."),
    "azure": re.compile(r"(Standard)_"),
    "gcp": re.compile(r"([a-z0-9]+)-"),
}
"""How the names of machine types begin."""


@rule()
def infrastructure_limits(fleet: Fleet) -> Iterator[Finding]:
    """Refuse infrastructure that its cloud would refuse, or that contradicts itself.

    A cloud tells after minutes, when half of a cluster is built: names that it does not take, zones of
    another region, sizes that it does not sell. `deployer infra plan` refuses the same. Nothing is said of a
    cluster that somebody else made: one that has `node_pools` and `kubernetes_version` only.
    """
    for cluster in fleet.clusters:
        if built(cluster) is not None:
            for limit in limits(cluster):
                yield Finding(cluster.document, limit.at, str(limit))


@rule("warning")
def cloud_names(fleet: Fleet) -> Iterator[Finding]:
    """Question names of regions, zones, machine types and quotas that a cloud is not known to have.

    What is new may be missing in our tables, which say of which day they are. Nothing is said of machines of
    which we know the family and nothing else.
    """
    for cluster in fleet.clusters:
        cloud = cloud_of(cluster)
        if cloud is not None:
            for at, message in _unknown(cluster, cloud):
                yield Finding(cluster.document, at, message)


RULES = (infrastructure_limits, cloud_names)


def _unknown(cluster: Cluster, cloud: str) -> Iterator[tuple[KeyPath, str]]:
    yield from _unknown_place(cluster)
    for pool in pools(cluster):
        message = _about_machine(pool, cloud, region(cluster))
        if message:
            yield (*pool.at, "machine"), f"node pool {pool.name}: {message}"
    asked = built(cluster)
    if asked is not None:
        yield from _unknown_asked(cluster, cloud, asked)


def _unknown_place(cluster: Cluster) -> Iterator[tuple[KeyPath, str]]:
    match cluster.provider:
        case Aws(region=name) if _AWS_REGION.fullmatch(name) and name not in known("aws"):
            yield ("aws", "region"), f"unknown region: {name}; {did_you_mean(name, known('aws'))}"
        case Azure() if region(cluster) and region(cluster) not in known("azure"):
            name = region(cluster)
            yield ("azure", "location"), f"unknown region: {name}; {did_you_mean(name, known('azure'))}"
        case Gcp(location=location) if location:
            key = "zone" if cluster.document.value(("gcp", "zone")) else "region"
            name = region(cluster)
            if name not in known("gcp"):
                yield ("gcp", key), f"unknown region: {name}; {did_you_mean(name, known('gcp'))}"
            elif location != name and not may_have(name, location):
                yield ("gcp", key), _unknown_zone(name, location)


def _unknown_zone(name: str, zone: str) -> str:
    return f"unknown zone: {zone}; known: {', '.join(zones_of(name))}"


def _about_machine(pool: Pool, cloud: str, where: str) -> str:
    if not pool.machine:
        return ""
    found, family = pool.type, _FAMILY[cloud].match(pool.machine)
    table = facts(cloud)
    if found is None:
        others = table.get("others", ())
        return "" if family and family[1] in others else _unknown_machine(pool.machine, cloud, family)
    if found.cloud != cloud:
        return (
            f"{pool.machine} is a machine type of {NAMES[found.cloud]}, and the cluster is on {NAMES[cloud]}"
        )
    if family and family[1] in table.get("lacking", {}).get(where, ()):
        return f"{where} has no machines of {family[1]}, as of {table['as_of']}: take another family"
    return ""


def _unknown_machine(machine: str, cloud: str, family: re.Match[str] | None) -> str:
    theirs = names(cloud)
    same = [name for name in theirs if family and name.startswith(family[0])]
    return f"unknown machine type: {machine}; {did_you_mean(machine, same or theirs)}"


def _unknown_asked(cluster: Cluster, cloud: str, asked: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for index, zone in enumerate(asked.get("zones", []) if cloud == "gcp" else ()):
        if zone.startswith(f"{region(cluster)}-") and not may_have(region(cluster), zone):
            yield (_KEY, "zones", index), _unknown_zone(region(cluster), zone)
    for index, storage in enumerate(asked.get("home_storage", [])):
        name = storage["snapshots"].get("region") if storage["snapshots"] else None
        if name is not None and name not in known(cloud):
            at = (_KEY, "home_storage", index, "snapshots", "region")
            yield at, f"unknown region: {name}; {did_you_mean(name, known(cloud))}"
    for code in asked.get("quotas", {}):
        if code not in codes(cloud):
            yield (_KEY, "quotas", code), f"unknown quota: {code}; {did_you_mean(code, codes(cloud))}"
    hubs = [hub.name for hub in cluster.hubs]
    for hub in asked.get("permissions", {}) if hubs else ():
        if hub not in hubs:
            yield (_KEY, "permissions", hub), f"no hub is called {hub}; {did_you_mean(hub, hubs)}"
