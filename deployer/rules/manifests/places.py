"""Where in a hub's values it is decided what a rendered object says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding
from deployer.rules.subjects import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import ReleaseObjects, ReleaseValues

_PLACEHOLDER = "unknown-"


def finding(hub: ReleaseObjects, thing: Mapping[str, Any], message: str, *places: KeyPath) -> Finding:
    """Return a finding about an object: where the hub sets what the object has at a place, else at its chart.

    Of several places it is the first for which that can be told.
    """
    for at in places:
        decided = decided_at(hub.release, thing, at)
        if decided:
            return hub.release.finding(decided, f"{name_of(thing)}: {message}")
    return hub.finding(thing, message)


def of_chart(hub: ReleaseObjects, message: str) -> Finding:
    """Return a finding about what a chart does by itself, for which no line of the hub's is to blame.

    It points at the list of hubs. Those of a cluster that have the same chart share it: it is told once.
    """
    of = hub.release.owner
    return Finding(of.document, of.at[:1], message)


def decided_at(release: ReleaseValues, thing: Mapping[str, Any], at: KeyPath) -> KeyPath:
    """Return the path in a hub's values that what an object has `at` comes from; () when that can't be told.

    Charts copy what they are given: it is the one place where the hub's own values have the same under the
    same key. When there are several, or none, the part of the object around it is looked for.
    """
    for length in range(len(at), -1, -1):
        found = _places(release, at[:length], value_at(thing, at[:length]))
        if len(found) == 1:
            return (*found[0], *at[length:])
    return ()


def is_placeholder(value: str) -> bool:
    """Tell whether a text stands for what is encrypted, or has such a thing in it: nothing is known of it."""
    return _PLACEHOLDER in value


def value_at(thing: Any, at: KeyPath) -> Any:
    """Return what an object has at a path, None when there is nothing."""
    for key in at:
        if isinstance(thing, dict):
            thing = thing.get(key)
        elif isinstance(thing, list) and isinstance(key, int) and key < len(thing):
            thing = thing[key]
        else:
            return None
    return thing


def _places(release: ReleaseValues, at: KeyPath, value: Any) -> list[KeyPath]:
    """Return where a hub's values have a value under such a key as the last one; a map in a list has none."""
    if at and isinstance(at[-1], str):
        found = [
            (*path, key)
            for path, each in release.maps
            for key, own in each.items()
            if _equal(own, value) and _alike(key, at[-1])
        ]
    else:
        found = [path for path, each in release.maps if each and _equal(each, value)]
    return [path for path in found if _by_hub(release, path)]


def _alike(key: str, other: str) -> bool:
    """Tell whether a chart may copy from one to the other: `containerSecurityContext`, `securityContext`."""
    return key == other or key.lower().endswith(other.lower()) or other.lower().endswith(key.lower())


def _equal(left: Any, right: Any) -> bool:
    """Tell whether two values are there and the same; to Python, 1 and true are."""
    return left is not None and type(left) is type(right) and bool(left == right)


def _by_hub(release: ReleaseValues, at: KeyPath) -> bool:
    """Tell whether anything but the chart's defaults says what is at a path."""
    layer, _ = release.merged.origin_path(at)
    return layer is not release.merged.layers[0]
