"""What no cloud can build: what contradicts itself, and what Kubernetes does not take."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.limit import Limit, at
from deployer.fleet.limits.regions import region
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool
    from deployer.fleet.positions import KeyPath

_GRANTED = {"databases": "databases", "push": "registries", "read": "buckets", "write": "buckets"}
"""What the lists of a hub's permissions name."""
_LABEL = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_VALUE = re.compile(r"([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")
_HUB = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def limits(cluster: Cluster, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield what is wrong with the infrastructure of a cluster wherever it is built."""
    yield from _pools(declared)
    yield from _nodes(declared)
    yield from _ranges(asked.get("network", {}))
    yield from _storage(asked.get("home_storage", []), region(cluster))
    yield from _buckets(asked)
    yield from _permissions(cluster, asked)


def _pools(declared: Sequence[Pool]) -> Iterator[Limit]:
    if not declared:
        yield Limit(at(), "no node pools", "declare `core` and `notebooks` under `infrastructure.node_pools`")
    seen: set[str] = set()
    for pool in declared:
        if pool.name in seen:
            yield Limit(
                pool.at,
                f"two node pools are called {pool.name}",
                "give pools in a list a `name` each, or write them as a map by their names",
            )
        seen.add(pool.name)
        if pool.most < pool.least:
            yield Limit(
                (*pool.at, "max"),
                f"node pool {pool.name}: `max` is less than `min`",
                "`min` nodes are always there, and `max` is the most that there will ever be",
            )


def _nodes(declared: Sequence[Pool]) -> Iterator[Limit]:
    for pool in declared:
        for key, value in pool.labels.items():
            if not _LABEL.fullmatch(key) or not _VALUE.fullmatch(str(value)):
                yield Limit(
                    (*pool.at, "labels", key),
                    f"node pool {pool.name}: Kubernetes takes no label {key}: {value}",
                    "keys and values have 63 letters, digits, `-`, `_` and `.` at most",
                )
        for index, taint in enumerate(pool.declared.get("taints") or ()):
            if not taint.get("effect"):
                yield Limit(
                    (*pool.at, "taints", index),
                    f"node pool {pool.name}: taint {taint['key']} needs an `effect` such as `NoSchedule`",
                    "say it, or take the taint out",
                )


def _ranges(network: Mapping[str, Any]) -> Iterator[Limit]:
    said: list[tuple[KeyPath, str]] = [(("range",), network["range"])] if "range" in network else []
    said += [
        (("allowed_ranges", index), each) for index, each in enumerate(network.get("allowed_ranges", []))
    ]
    for keys, each in said:
        try:
            ipaddress.IPv4Network(each)
        except ValueError as error:
            hint = "write its first address, and how many bits of it are the network's, such as `10.0.0.0/16`"
            yield Limit(at("network", *keys), f"`network.{keys[0]}`: {error}", hint)


def _storage(storage: Sequence[Mapping[str, Any]], here: str) -> Iterator[Limit]:
    for name, count in Counter(each["name"] for each in storage).items():
        if count > 1:
            last = max(index for index, each in enumerate(storage) if each["name"] == name)
            yield Limit(
                at("home_storage", last, "name"),
                f"`home_storage`: {count} are called {name}",
                "give each a name of its own",
            )
    for index, each in enumerate(storage):
        copied = each["snapshots"].get("region") if isinstance(each["snapshots"], dict) else None
        if copied is not None and copied == here:
            yield Limit(
                at("home_storage", index, "snapshots", "region"),
                f"home storage {each['name']}: {copied} is the cluster's own region",
                "say another one, or leave `region` out: snapshots are in the cluster's region anyway",
            )


def _buckets(asked: Mapping[str, Any]) -> Iterator[Limit]:
    own = {"logs": "export_days" in asked.get("logs", {}), "costs": asked.get("cost_export", False)}
    for bucket, said in asked.get("buckets", {}).items():
        if own.get(bucket):
            message = f"bucket {bucket}: the cluster's own {bucket} are to be in a bucket of this name"
            yield Limit(at("buckets", bucket), message, "call it otherwise")
        archived, deleted = ((said or {}).get(f"{what}_after_days") for what in ("archive", "delete"))
        if archived and deleted and archived >= deleted:
            yield Limit(
                at("buckets", bucket, "archive_after_days"),
                f"bucket {bucket}: `archive_after_days` has to be less than `delete_after_days`",
                "what is deleted by then is never archived",
            )


def _permissions(cluster: Cluster, asked: Mapping[str, Any]) -> Iterator[Limit]:
    for hub, granted in asked.get("permissions", {}).items():
        if not _HUB.fullmatch(hub):
            yield Limit(
                at("permissions", hub),
                f"permissions of {hub}: no hub can have this name",
                did_you_mean(hub, [each.name for each in cluster.hubs]),
            )
        for key, of in _GRANTED.items():
            there = asked.get(of, {})
            for index, name in enumerate(granted[key]):
                if name not in there:
                    yield Limit(
                        at("permissions", hub, key, index),
                        f"permissions of {hub}: nothing of that name in `{of}`: {name}",
                        did_you_mean(name, there),
                    )
