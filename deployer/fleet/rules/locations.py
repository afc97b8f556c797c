"""Where data is and where it goes: out of the region, out of the zone, out to everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.kubernetes_said import cloud as cloud_of
from deployer.fleet.leaves import leaves
from deployer.fleet.limits import built
from deployer.fleet.limits.regions import known, near, place, region
from deployer.fleet.model import Aws, Gcp
from deployer.fleet.node_pools import pools
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.said import of_hub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet
    from deployer.fleet.positions import KeyPath

_KEY = "infrastructure"
_REGION_VARIABLES = ("AWS_DEFAULT_REGION", "AWS_REGION")
_AMAZON = re.compile(r"(?:\.dkr\.ecr|\bs3)[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com")
_GOOGLE = re.compile(r"\b([a-z]+-[a-z]+[0-9]+)-docker\.pkg\.dev")
_AMAZONS, _GOOGLES = ".amazonaws.com", "-docker.pkg.dev"
"""Without these the patterns find nothing, and they are quickly looked for."""


class _Named(NamedTuple):
    """A region that a file names, and where."""

    cloud: str
    region: str
    at: KeyPath


@rule("warning")
def data_abroad(fleet: Fleet) -> Iterator[Finding]:
    """Question copies of homes on another continent than the cluster.

    Other law may hold there, and people were told where their data is. A copy in another region of the same
    continent is as safe from the loss of one.
    """
    for cluster in fleet.clusters:
        asked, cloud = built(cluster), cloud_of(cluster)
        here = place(cloud, region(cluster)) if cloud else None
        for index, storage in enumerate((asked or {}).get("home_storage", [])):
            name = storage["snapshots"].get("region") if storage["snapshots"] else None
            there = place(cloud, name) if cloud and name else None
            if here and there and here.continent != there.continent:
                at = (_KEY, "home_storage", index, "snapshots", "region")
                message = (
                    f"copies of {storage['name']} go to {there.country}, and the cluster is in {here.country}"
                )
                other = near(str(cloud), region(cluster))
                advice = f"take a region of {here.continent}, such as {other}" if other else "leave it out"
                yield Finding(cluster.document, at, f"{message}: {advice}")


@rule("warning")
def far_region(fleet: Fleet) -> Iterator[Finding]:
    """Question files of hubs that name another region of the cluster's cloud.

    That is a registry of images, an address of S3 or the region in the environment of servers. What goes from
    one region to another is paid by the gigabyte and is slow: an image with each node, data with each reader.
    """
    seen: dict[int, tuple[_Named, ...]] = {}
    told = set()
    for cluster in fleet.clusters:
        here = region(cluster)
        for hub in cluster.hubs if here else ():
            for document in of_hub(hub):
                if document.encrypted:
                    continue
                if id(document.data) not in seen:
                    seen[id(document.data)] = tuple(_regions(document))
                for each in seen[id(document.data)]:
                    if each.region == here or cloud_of(cluster) != each.cloud:
                        continue
                    message = f"this is in {each.region}, and {cluster.name} is in {here}: {_advice(each)}"
                    if (document.name, each.at, message) not in told:
                        told.add((document.name, each.at, message))
                        yield Finding(document, each.at, message)


@rule("warning")
def public_access(fleet: Fleet) -> Iterator[Finding]:
    """Question what lets everybody on the internet in.

    Whatever people write into a bucket with `public_read` is public at once, by mistake too: only somebody
    who knows that should write there. Nodes with addresses of their own are reached from outside as soon as
    one rule of a firewall is too wide.
    """
    for cluster in fleet.clusters:
        asked = built(cluster) or {}
        buckets = asked.get("buckets", {})
        for hub, granted in asked.get("permissions", {}).items():
            for index, name in enumerate(granted["write"]):
                if (buckets.get(name) or {}).get("public_read"):
                    message = f"everybody on {hub} writes into {name}, and the whole internet reads it"
                    advice = "take a bucket of its own for what is published, and let few write there"
                    at = (_KEY, "permissions", hub, "write", index)
                    yield Finding(cluster.document, at, f"{message}: {advice}")
        if not asked.get("network", {}).get("private_nodes", True):
            message = (
                "each node has an address on the internet: leave `private_nodes` out, if nothing needs that"
            )
            yield Finding(cluster.document, (_KEY, "network", "private_nodes"), message)


@rule("warning")
def zone_traffic(fleet: Fleet) -> Iterator[Finding]:
    """Question node pools that have no zone in common with the homes, or with the way to the internet.

    All that people read and write there goes from one zone to the other, which is paid by the gigabyte; and
    when either zone is away, nobody can work. Private nodes of AWS have one way to the internet, which is in
    the first zone. A pool in several zones, since GPUs are short, is fine when one of them is the right one.
    """
    for cluster in fleet.clusters:
        asked = built(cluster)
        if asked is not None:
            yield from _away(cluster, asked)


RULES = (data_abroad, far_region, public_access, zone_traffic)


def _regions(document: Document) -> Iterator[_Named]:
    """Yield the regions that a file of values names in ways that are plain."""
    amazons = known("aws")

    def may_name(value: Any) -> bool:
        return isinstance(value, str) and (value in amazons or _AMAZONS in value or _GOOGLES in value)

    for at, value in leaves(document.data, may_name):
        if at[-1] in _REGION_VARIABLES and value in amazons:
            yield _Named("aws", value, at)
        for cloud, pattern in (("aws", _AMAZON), ("gcp", _GOOGLE)):
            for found in pattern.finditer(value):
                if found[1] in known(cloud):
                    yield _Named(cloud, found[1], at)


def _advice(named: _Named) -> str:
    if named.at[-1] in _REGION_VARIABLES:
        return "buckets there cost money by the gigabyte, and time"
    return "keep a copy in the cluster's region, or each gigabyte is paid for"


def _away(cluster: Cluster, asked: Mapping[str, Any]) -> Iterator[Finding]:
    first = _first_zone(cluster, asked)
    disks = [each for each in asked.get("home_storage", []) if each["kind"] == "disk"]
    needed, what = {each.get("zone", first) for each in disks}, "homes are"
    if not needed and isinstance(cluster.provider, Aws) and _has_one_way_out(asked.get("network", {})):
        needed, what = {first}, "their way to the internet is"
    for pool in pools(cluster):
        there = set(pool.declared.get("zones") or needed)
        if pool.group != "core" and needed and not there & needed:
            where = f"in {', '.join(sorted(there))}, and {what} in {', '.join(sorted(needed))}"
            message = f"nodes of {pool.name} are {where}: what goes to and fro is paid for"
            yield Finding(cluster.document, (*pool.at, "zones"), message)


def _has_one_way_out(network: Mapping[str, Any]) -> bool:
    return bool(network.get("private_nodes", True)) and "existing" not in network


def _first_zone(cluster: Cluster, asked: Mapping[str, Any]) -> str:
    zones = asked.get("zones")
    if zones:
        return str(zones[0])
    match cluster.provider:
        case Gcp(location=location):
            return location
        case Aws(region=name):
            return f"{name}a"
        case _:
            return ""
