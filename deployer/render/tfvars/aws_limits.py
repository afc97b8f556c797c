"""What AWS takes, and what of ours would clash there: told before anything is half built."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.model import Aws
    from deployer.fleet.node_pools import Pool

ROLES = ("autoscaler", "ebs-csi", "efs-csi", "eks-cluster", "nodes", "snapshots")
"""The roles `<cluster>-<role>` that terraform/aws makes for itself."""
_LONGEST_ROLE = 64
_LONGEST_BUCKET = 63
_LONGEST_POOL = 63 - len("-123456")
"""A node group is called `<pool>-<generation>`."""
_MOST_ZONES = 4
"""For each a private subnet of an eighth of the network; the public ones are in the other half."""
_VPC = range(16, 23)
"""Prefix lengths: a VPC is a /16 at most, and a public subnet, a 64th of it, a /28 at least."""
_HUB = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_POOL = re.compile(r"[A-Za-z0-9][-_A-Za-z0-9]*")


def problems(name: str, provider: Aws, asked: Mapping[str, Any], pools: Sequence[Pool]) -> list[str]:
    """Return what AWS would refuse of the infrastructure of cluster `name`, a sentence each."""
    zones = asked.get("zones", [])
    return [
        *_zones(provider, zones, asked),
        *_network(asked.get("network", {}), zones),
        *_pools(pools, zones),
        *_storage(asked.get("home_storage", []), zones),
        *_buckets(name, asked.get("buckets", {})),
        *_roles(name, asked.get("permissions", {})),
    ]


def _zones(provider: Aws, zones: Sequence[str], asked: Mapping[str, Any]) -> Iterator[str]:
    for zone in zones:
        if not zone.startswith(provider.region) or zone == provider.region:
            yield f"zone {zone} is none of {provider.region}: its zones are called such as {provider.region}a"
    if len(zones) > _MOST_ZONES and not asked.get("network", {}).get("existing"):
        yield f"a new network has room for {_MOST_ZONES} zones, and `zones` has {len(zones)}"


def _network(network: Mapping[str, Any], zones: Sequence[str]) -> Iterator[str]:
    for key, ranges in (("range", [network.get("range")]), ("allowed_ranges", network.get("allowed_ranges"))):
        for each in filter(None, ranges or []):
            try:
                found = ipaddress.IPv4Network(each)
            except ValueError as error:
                yield f"`network.{key}`: {error}"
                continue
            if key == "range" and found.prefixlen not in _VPC:
                yield f"`network.range`: {each} should be between /{_VPC[0]} and /{_VPC[-1]}"
    existing = network.get("existing")
    if not existing:
        return
    for key in ("private_subnets", "public_subnets"):
        count = len(existing.get(key, []))
        if count != len(zones) and (count or key == "private_subnets"):
            yield f"`network.existing.{key}` has {count}, and there are {len(zones)} `zones`: one for each"
    if not network.get("private_nodes", True) and not existing.get("public_subnets"):
        yield "`network.private_nodes: false` needs `network.existing.public_subnets`"


def _pools(pools: Sequence[Pool], zones: Sequence[str]) -> Iterator[str]:
    for pool in pools:
        if len(pool.name) > _LONGEST_POOL:
            yield f"node pool {pool.name}: EKS takes {_LONGEST_POOL} characters at most"
        if not _POOL.fullmatch(pool.name):
            yield f"node pool {pool.name}: EKS takes letters, digits, `-` and `_` in names"
        for zone in pool.declared.get("zones") or []:
            if zone not in zones:
                yield f"node pool {pool.name}: zone {zone} is not in `infrastructure.zones`"
        for taint in pool.taints:
            if not taint.effect:
                yield f"node pool {pool.name}: taint {taint.key} needs an `effect` such as `NoSchedule`"


def _storage(storage: Sequence[Mapping[str, Any]], zones: Sequence[str]) -> Iterator[str]:
    for name, count in Counter(each["name"] for each in storage).items():
        if count > 1:
            yield f"`home_storage`: {count} are called {name}"
    for each in storage:
        if "zone" in each and each["zone"] not in zones:
            yield f"home storage {each['name']}: zone {each['zone']} is not in `infrastructure.zones`"


def _buckets(name: str, buckets: Mapping[str, Any]) -> Iterator[str]:
    for bucket, said in buckets.items():
        if len(f"{name}-{bucket}") > _LONGEST_BUCKET:
            yield f"bucket {name}-{bucket}: S3 takes {_LONGEST_BUCKET} characters at most"
        archived, deleted = ((said or {}).get(f"{what}_after_days") for what in ("archive", "delete"))
        if archived and deleted and archived >= deleted:
            yield f"bucket {bucket}: `archive_after_days` has to be less than `delete_after_days`"


def _roles(name: str, hubs: Mapping[str, Any]) -> Iterator[str]:
    for hub in hubs:
        if not _HUB.fullmatch(hub):
            yield f"permissions of {hub}: no hub can have this name"
        if hub in ROLES:
            yield f"permissions of {hub}: {name}-{hub} is a role of the cluster's own: name the hub otherwise"
    for role in (*ROLES, *hubs):
        if len(f"{name}-{role}") > _LONGEST_ROLE:
            yield f"role {name}-{role}: IAM takes {_LONGEST_ROLE} characters at most"
