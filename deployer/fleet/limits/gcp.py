"""What Google Cloud takes: names, zones, sizes, labels, GPUs.

- names: cloud.google.com/compute/docs/naming-resources, cloud.google.com/iam/docs/service-accounts-create
- GPUs: cloud.google.com/compute/docs/gpus, cloud.google.com/kubernetes-engine/docs/concepts/gpus
- sizes: cloud.google.com/filestore/docs/service-tiers
- CI: cloud.google.com/iam/docs/workload-identity-federation#mapping
- windows: cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.freezes import spans
from deployer.fleet.infrastructure import ci_subject, default_range
from deployer.fleet.limits import gcp_gpus, gcp_names, records
from deployer.fleet.limits.limit import Limit, at, zones, zones_said
from deployer.fleet.limits.regions import is_zone, region, region_of_zone
from deployer.fleet.model import Gcp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool

_LEAST_SHARE, _SHARE_STEP = 1024, 256
"""In GiB: the sizes of a Filestore instance of the tier ZONAL."""
_LEAST_DISK = 10
"""In GB: a node's image is as large."""
_MOST_EMAILS = 5
_MOST_RANGES = 100
"""So many authorized networks a cluster of GKE has at most."""
_WIDEST_FOR_ONE_NODE = 23
"""The longest prefix of `network.range`: half of its addresses are for pods, and each node takes 256."""
_WEEKS, _LEAST_HOURS = 4, 48
"""So many hours GKE wants for maintenance in each 32 days, in which every weekday is four times at least."""
_MOST_FREEZES = 3
"""Exclusions of all upgrades that a cluster of GKE has at most; it takes more of those that exclude less."""
_LONGEST_LOGS = 3650
_LONGEST_SUBJECT = 127
_KEY = re.compile(r"projects/[^/]+/locations/([^/]+)/.*")


def limits(cluster: Cluster, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield what Google Cloud would refuse of the infrastructure of a cluster."""
    here = region(cluster)
    yield from _zones(cluster, here, asked, declared)
    for pool in declared:
        yield from gcp_gpus.limits(pool)
    yield from gcp_names.limits(cluster.name, asked, declared)
    yield from _storage(asked.get("home_storage", []), declared)
    yield from _network(asked.get("network", {}), declared)
    yield from _identities(asked, here)
    yield from _rest(asked)
    yield from _freezes(cluster)
    if "dns" in asked:
        yield from records.limits(asked["dns"])


def _zones(
    cluster: Cluster, here: str, asked: Mapping[str, Any], declared: Sequence[Pool]
) -> Iterator[Limit]:
    provider = cluster.provider
    if not zones(asked) and isinstance(provider, Gcp) and not is_zone(provider.location):
        message = f"in which zones of {here} are nodes to be?"
        yield Limit(at("zones"), message, f"say `zones: [{here}-b]` under `infrastructure`")
    for place, _, zone in zones_said(asked, declared):
        if region_of_zone(zone) != here or zone == here:
            hint = f"its zones are called as {here}-b is; the cluster is in that region"
            yield Limit(place, f"no zone of {here}: {zone}", hint)


def _storage(storage: Sequence[Mapping[str, Any]], declared: Sequence[Pool]) -> Iterator[Limit]:
    for index, each in enumerate(storage):
        what, here, size = f"home storage {each['name']}", at("home_storage", index), each.get("size", 0)
        if each["kind"] == "disk":
            continue
        if size < _LEAST_SHARE or size % _SHARE_STEP:
            message = f"{what}: no size of a share on Google Cloud: {size} GiB"
            yield Limit(
                (*here, "size"), message, f"say `size`: {_LEAST_SHARE} or more, in steps of {_SHARE_STEP}"
            )
        if each["snapshots"] and "region" in each["snapshots"]:
            message = f"{what}: copies of a share stay in its region on Google Cloud"
            hint = "leave `snapshots.region` out and copy it with other means, or take `kind: disk`"
            yield Limit((*here, "snapshots", "region"), message, hint)
    for pool in declared:
        if pool.declared.get("disk", _LEAST_DISK) < _LEAST_DISK:
            message = f"node pool {pool.name}: a disk has {_LEAST_DISK} GB at least on GKE"
            yield Limit((*pool.at, "disk"), message, f"say `disk: {_LEAST_DISK}` or more; absent, it is 100")


def _network(network: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield pools that could never have all of their nodes, too: the range can't be changed later."""
    if len(network.get("allowed_ranges", [])) > _MOST_RANGES:
        message = f"`network.allowed_ranges`: GKE takes {_MOST_RANGES} at most"
        yield Limit(
            at("network", "allowed_ranges"), message, "give wider ranges, or the addresses of a gateway"
        )
    if "existing" in network:
        if len(network["existing"]["private_subnets"]) != 1:
            message = "a cluster on Google Cloud is in one subnet, which spans the region"
            place = at("network", "existing", "private_subnets")
            yield Limit(place, message, "give one under `network.existing.private_subnets`")
        if network.get("flow_logs"):
            message = "`network.flow_logs`: a subnet of Google Cloud logs as whoever made it says"
            yield Limit(
                at("network", "flow_logs"), message, "leave it out, and switch them on for that subnet"
            )
        return
    addresses = network.get("range", default_range())
    prefix = int(addresses.rpartition("/")[2])
    most = 2 ** (_WIDEST_FOR_ONE_NODE - prefix) if prefix <= _WIDEST_FOR_ONE_NODE else 0
    for pool in declared:
        if pool.most > most:
            wanted = f"and node pool {pool.name} wants up to {pool.most}"
            yield Limit(
                (*pool.at, "max"),
                f"{addresses} has addresses for {most} nodes, {wanted}",
                "say a wider `network.range`, or a smaller `max`; a /16 does for 128 nodes",
            )


def _identities(asked: Mapping[str, Any], here: str) -> Iterator[Limit]:
    if "cluster" in asked.get("identities", {}):
        message = "`identities.cluster`: a cluster of GKE has no identity of its own"
        yield Limit(
            at("identities", "cluster"), message, "take it out; `identities.nodes` is that of the nodes"
        )
    key = _KEY.fullmatch(asked.get("secrets_key", ""))
    if key and key[1] != here:
        message = f"`secrets_key`: GKE takes a key of its own region {here}, not of {key[1]}"
        yield Limit(at("secrets_key"), message, f"make one in `locations/{here}`")


def _freezes(cluster: Cluster) -> Iterator[Limit]:
    found = len(spans(cluster))
    if found > _MOST_FREEZES:
        message = f"`freeze`: GKE keeps out of {_MOST_FREEZES} windows at most, and these are {found}"
        yield Limit(at(), message, "take out those that are over, or join some")


def _rest(asked: Mapping[str, Any]) -> Iterator[Limit]:
    if len(asked.get("budget", {}).get("alert_emails", ())) > _MOST_EMAILS:
        message = f"a budget of Google Cloud has {_MOST_EMAILS} addresses at most"
        hint = "give the address of a list under `budget.alert_emails`"
        yield Limit(at("budget", "alert_emails"), message, hint)
    window = asked.get("maintenance", {})
    if window and len(window["days"]) * window["hours"] * _WEEKS < _LEAST_HOURS:
        message = f"`maintenance`: GKE wants {_LEAST_HOURS} hours in 32 days"
        yield Limit(at("maintenance"), message, "give more `days`, or more `hours` on each")
    subject = ci_subject(asked["ci"]) if "ci" in asked else ""
    if len(subject.encode()) > _LONGEST_SUBJECT:
        message = f"{subject}: Google Cloud takes {_LONGEST_SUBJECT} bytes of who signs in"
        yield Limit(at("ci"), message, "take a shorter branch or environment")
    if asked.get("logs", {}).get("keep_days", 1) > _LONGEST_LOGS:
        message = f"`logs.keep_days`: Google Cloud keeps logs for {_LONGEST_LOGS} days at most"
        yield Limit(at("logs", "keep_days"), message, "`logs.export_days` keeps them in a bucket for longer")
