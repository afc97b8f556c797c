"""Names and tags on Azure. The cluster's name in the fleet is part of most.

- names: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
- tags: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.node_pools import Pool
    from deployer.fleet.positions import KeyPath

_LONGEST = {"backup vault": 50, "database": 63, "disk": 80, "resource group": 80}
_CONTAINER = re.compile(r"[a-z0-9](-?[a-z0-9]){2,62}")
_TAG = re.compile(r"[^<>%&\\?/]{1,128}")
"""A tag of a storage account: that of others may be longer."""
_LONGEST_VALUE = 256


def limits(cluster: str, group: str, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield names that Azure does not take, of the cluster with this name, in this resource group."""
    if not cluster[:1].isalpha():
        message = f"a Key Vault is called by the cluster, and its name begins with a letter: {cluster}"
        yield Limit(("name",), message, "give the cluster another name")
    yield from _tags(at("tags"), asked.get("tags", {}))
    for pool in declared:
        yield from _tags((*pool.at, "tags"), pool.declared.get("tags", {}))
    for bucket in asked.get("buckets", {}):
        if not _CONTAINER.fullmatch(bucket):
            message = (
                f"bucket {bucket}: Azure wants 3 to 63 small letters and digits, with single `-` between"
            )
            yield Limit(at("buckets", bucket), message, "call it otherwise")
    for place, kind, called in _made(cluster, group, asked):
        if len(called) > _LONGEST[kind]:
            message = f"{kind} {called}: that name has {len(called)} characters; Azure takes {_LONGEST[kind]}"
            yield Limit(place, message, "the cluster's name is a part of it: change that, or the thing's own")


def _made(cluster: str, group: str, asked: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield what terraform/azure makes with names of several parts: for which key, what, and its name."""
    yield ("name",), "resource group", f"{group}-{cluster}-nodes"
    disks = {i: each for i, each in enumerate(asked.get("home_storage", [])) if each["kind"] == "disk"}
    if any(each["snapshots"] is not False for each in disks.values()):
        yield ("name",), "backup vault", f"{cluster}-homes"
    for index, disk in disks.items():
        yield at("home_storage", index, "name"), "disk", f"{cluster}-{disk['name']}"
    for name in asked.get("databases", {}):
        yield at("databases", name), "database", f"{cluster}-{name}-000000"


def _tags(place: KeyPath, tags: Mapping[str, str]) -> Iterator[Limit]:
    for tag, value in tags.items():
        if not _TAG.fullmatch(tag):
            hint = "it has 128 characters at most, and none of `<>%&\\?/`"
            yield Limit((*place, tag), f"no name of a tag on Azure: {tag}", hint)
        if len(value) > _LONGEST_VALUE:
            message = f"tag {tag}: Azure takes {_LONGEST_VALUE} characters of a value"
            yield Limit((*place, tag), message, "shorten it")
