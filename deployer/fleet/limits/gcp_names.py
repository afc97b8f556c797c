"""Names and labels on Google Cloud. The cluster's name in the fleet is part of most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.limit import Limit, Name, at, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.node_pools import Pool
    from deployer.fleet.positions import KeyPath

_GOOGLE = "Google Cloud"
_PATTERN = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_WANTED = "a letter first, and small letters, digits and `-` only"
_GENERATION = len("-123456")
"""A node pool is called `<pool>-<generation>`."""


def _taken(shortest: int, longest: int) -> Name:
    return Name(shortest, longest, _PATTERN, _WANTED)


_NAMES = {
    "service account": _taken(6, 30),
    "node pool": _taken(1, 40 - _GENERATION),
    "bucket": _taken(3, 63),
    "home storage": _taken(1, 63),
    # Cloud SQL would take more: its address in the network has the same name.
    "database": _taken(1, 63),
    "registry": _taken(1, 63),
}
_LABEL = re.compile(r"[a-z][-_a-z0-9]{0,62}")
_LABEL_VALUE_LENGTH = 63
_OWN = ("ci", "dns", "nodes")
"""The service accounts `<cluster>-<name>` that terraform/gcp makes for itself."""


def legal(text: str) -> str:
    """Return a tag or its value as labels are: small letters, digits, `_` and `-`; anything else is `_`."""
    return re.sub(r"[^-_a-z0-9]", "_", text.lower())


def limits(cluster: str, asked: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield names and labels that Google Cloud does not take, of the cluster with this name."""
    for own in _OWN:
        if own in asked.get("permissions", {}):
            message = f"a hub that is called {own} can't have `permissions`"
            hint = "the service account of that name is that of the cluster's own"
            yield Limit(at("permissions", own), message, f"{hint}: name the hub otherwise")
    for place, kind, name in _all(cluster, asked, declared):
        yield from named(place, kind, name, _GOOGLE, _NAMES[kind])
    yield from _labels(at("tags"), asked.get("tags", {}))
    for pool in declared:
        yield from _labels((*pool.at, "tags"), pool.declared.get("tags", {}))


def _all(
    cluster: str, asked: Mapping[str, Any], declared: Sequence[Pool]
) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield where things are asked for, what they are, and what Terraform calls them."""
    own = [key for key in ("ci", "dns") if key in asked]
    if "nodes" not in asked.get("identities", {}):
        own.append("nodes")
    for name in own:
        yield ("name",), "service account", f"{cluster}-{name}"
    for hub in asked.get("permissions", {}):
        yield at("permissions", hub), "service account", f"{cluster}-{hub}"
    for pool in declared:
        yield pool.at, "node pool", pool.name
    for key, kind in (("buckets", "bucket"), ("databases", "database"), ("registries", "registry")):
        for name in asked.get(key, {}):
            yield at(key, name), kind, f"{cluster}-{name}"
    for index, storage in enumerate(asked.get("home_storage", [])):
        yield at("home_storage", index, "name"), "home storage", f"{cluster}-{storage['name']}"


def _labels(place: KeyPath, tags: Mapping[str, str]) -> Iterator[Limit]:
    seen: set[str] = set()
    for tag, value in tags.items():
        key = legal(tag)
        if not _LABEL.fullmatch(key) or len(value) > _LABEL_VALUE_LENGTH:
            hint = "labels begin with a letter; they and their values have 63 characters at most"
            yield Limit((*place, tag), f"no label of {_GOOGLE}: {tag}: {value}", hint)
        if key in seen:
            hint = "labels have small letters, digits, `_` and `-`; anything else becomes `_`"
            yield Limit((*place, tag), f"two tags become the label {key}", hint)
        seen.add(key)
