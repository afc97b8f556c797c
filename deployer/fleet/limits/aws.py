"""What AWS takes, and what of ours would clash there.

- EKS: docs.aws.amazon.com/eks/latest/userguide/service-quotas.html, .../APIReference/API_CreateNodegroup.html
- budgets: .../aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html
- logs: docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits import aws_names, records, successors
from deployer.fleet.limits.limit import Limit, at, zones, zones_said
from deployer.fleet.limits.regions import region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool

_LONGEST_POOL = 63 - len("-123456") - successors.LONGEST
"""A node group is called `<pool>-<generation>`, and after an upgrade `<pool>-1-34-<generation>`."""
_ZONES_OF_EKS = 2
_MOST_ZONES = 4
"""For each a private subnet of an eighth of the network; the public ones are in the other half."""
_MOST_RANGES = 40
"""From so many ranges EKS lets the internet reach the API, and not from more for any money."""
_VPC = range(16, 23)
"""Prefix lengths: a VPC is a /16 at most, and a public subnet, a 64th of it, a /28 at least."""
_LEAST_DISK = 20
"""In GB: EKS's images are as large."""
_POOL = re.compile(r"[A-Za-z0-9][-_A-Za-z0-9]*")
_MOST_EMAILS = 10
_LONGEST_LOGS = 3653
"""Days. CloudWatch takes some numbers only; terraform/aws takes the next larger."""


def limits(cluster: Cluster, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield what AWS would refuse of the infrastructure of a cluster."""
    here = region(cluster)
    yield from _zones(here, asked, declared)
    yield from _network(asked.get("network", {}), zones(asked))
    yield from _pools(declared)
    yield from successors.limits(declared)
    yield from aws_names.limits(cluster.name, asked)
    yield from _copies(asked.get("home_storage", []))
    yield from _key(here, asked.get("secrets_key"))
    yield from _logs(asked.get("logs", {}))
    yield from _budget(asked.get("budget", {}))
    if "dns" in asked:
        yield from records.limits(asked["dns"])


def _zones(here: str, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    there = zones(asked)
    if len(there) < _ZONES_OF_EKS:
        hint = f"say `zones: [{here}a, {here}b]` under `infrastructure`"
        yield Limit(at("zones"), "EKS wants subnets in two zones at least", hint)
    if len(there) > _MOST_ZONES and not asked.get("network", {}).get("existing"):
        message = f"a new network has room for {_MOST_ZONES} zones, and `zones` has {len(there)}"
        yield Limit(
            at("zones"), message, "leave some out: nodes are in the first, if they do not say otherwise"
        )
    for place, what, zone in zones_said(asked, declared):
        if what:
            if zone not in there:
                message = f"{what}zone {zone} is not in `infrastructure.zones`"
                yield Limit(
                    place,
                    message,
                    f"that has {', '.join(there) or 'none'}: add it there, or take one of them",
                )
        elif not zone.startswith(here) or zone == here:
            message = f"zone {zone} is none of {here}"
            yield Limit(place, message, f"its zones are called such as {here}a")


def _network(network: Mapping[str, Any], there: Sequence[str]) -> Iterator[Limit]:
    if "range" in network and _prefix(network["range"]) not in (None, *_VPC):
        message = f"`network.range`: {network['range']} should be between /{_VPC[0]} and /{_VPC[-1]}"
        yield Limit(at("network", "range"), message, f"say `{network['range'].partition('/')[0]}/{_VPC[0]}`")
    if len(network.get("allowed_ranges", [])) > _MOST_RANGES:
        message = f"`network.allowed_ranges`: EKS takes {_MOST_RANGES} at most"
        yield Limit(
            at("network", "allowed_ranges"), message, "give wider ranges, or the addresses of a gateway"
        )
    existing = network.get("existing")
    if not existing:
        return
    for key in ("private_subnets", "public_subnets"):
        count = len(existing.get(key, []))
        if count != len(there) and (count or key == "private_subnets"):
            message = f"`network.existing.{key}` has {count}, and there are {len(there)} `zones`"
            yield Limit(at("network", "existing", key), message, "give one for each, in the order of `zones`")
    if not network.get("private_nodes", True) and not existing.get("public_subnets"):
        message = "`network.private_nodes: false` needs `network.existing.public_subnets`"
        yield Limit(
            at("network", "private_nodes"), message, "give one for each zone, or leave `private_nodes` out"
        )


def _prefix(addresses: str) -> int | None:
    """Return the length of a range's prefix, None when it is none, which is told for all clouds."""
    try:
        return ipaddress.IPv4Network(addresses).prefixlen
    except ValueError:
        return None


def _pools(declared: Sequence[Pool]) -> Iterator[Limit]:
    for pool in declared:
        if len(pool.name) > _LONGEST_POOL:
            message = f"node pool {pool.name}: EKS takes {_LONGEST_POOL} characters at most"
            yield Limit(pool.at, message, "give it a shorter name")
        if not _POOL.fullmatch(pool.name):
            message = f"node pool {pool.name}: EKS takes letters, digits, `-` and `_` in names"
            yield Limit(pool.at, message, "and a letter or a digit first")
        if pool.declared.get("disk", _LEAST_DISK) < _LEAST_DISK:
            message = f"node pool {pool.name}: a disk has {_LEAST_DISK} GB at least on EKS"
            yield Limit((*pool.at, "disk"), message, f"say `disk: {_LEAST_DISK}` or more; absent, it is 100")


def _copies(storage: Sequence[Mapping[str, Any]]) -> Iterator[Limit]:
    """Yield shares with copies in another region than those of the first one."""
    copied = {
        index: each["snapshots"]["region"]
        for index, each in enumerate(storage)
        if each["kind"] == "share" and isinstance(each["snapshots"], dict) and "region" in each["snapshots"]
    }
    first = next(iter(copied.values()), None)
    for index, there in copied.items():
        if there != first:
            message = (
                f"home storage {storage[index]['name']}: copies of all shares are in one region, {first}"
            )
            yield Limit(
                at("home_storage", index, "snapshots", "region"), message, "say that one, or leave it out"
            )


def _key(here: str, key: str | None) -> Iterator[Limit]:
    parts = (key or "").split(":")
    where = parts[3] if len(parts) > 3 else ""
    if where and where != here:
        message = f"`secrets_key`: EKS takes a key of its own region {here}, not of {where}"
        yield Limit(at("secrets_key"), message, "give the ARN of a key, or of a replica of it, that is there")


def _logs(logs: Mapping[str, Any]) -> Iterator[Limit]:
    if logs.get("keep_days", 1) > _LONGEST_LOGS:
        message = f"`logs.keep_days`: CloudWatch keeps logs for {_LONGEST_LOGS} days at most"
        yield Limit(at("logs", "keep_days"), message, "`logs.export_days` keeps them in a bucket for longer")


def _budget(budget: Mapping[str, Any]) -> Iterator[Limit]:
    if len(budget.get("alert_emails", ())) > _MOST_EMAILS:
        message = f"a budget of AWS has {_MOST_EMAILS} addresses at most"
        hint = "give the address of a list under `budget.alert_emails`"
        yield Limit(at("budget", "alert_emails"), message, hint)
