"""Whether the presets of a hub go together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from deployer.fleet.keypath import shown
from deployer.fleet.presets import listed
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs, in_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet, Hub, Preset
    from deployer.fleet.positions import KeyPath


@rule()
def preset_conflict(fleet: Fleet) -> Iterator[Finding]:
    """Refuse presets that contradict each other about a key, unless one extends the other or the hub decides.

    Which of the two a hub gets would depend on their order, which nobody reads as a choice. What the hub says
    itself, in its entry or in its files, settles the matter.
    """
    for hub in hubs(fleet):
        for one, other in combinations(hub.presets, 2):
            if one.name not in other.extends and other.name not in one.extends:
                at = next((at for at in _torn(one, other) if not _decided(hub, at)), None)
                if at is not None:
                    yield in_hub(hub, ("presets",), _told(hub, one, other, at))


RULES = (preset_conflict,)


def _told(hub: Hub, one: Preset, other: Preset, at: KeyPath) -> str:
    (_, first), (_, second) = listed(hub, one), listed(hub, other)
    first += "," if "," in first else ""
    second += "," if "," in second else ""
    about = f"contradict each other about `{shown(at)}`"
    return f"presets {first} and {second} {about}: leave one out, or say which it is to be"


def _torn(one: Preset, other: Preset) -> Iterator[KeyPath]:
    """Yield where two presets differ: in `auth`, `features` and `values`."""
    if one.source and other.source:
        for key in ("auth", "features", "values"):
            yield from _different(one.source.data.get(key), other.source.data.get(key), (key,))


def _different(one: Any, other: Any, at: KeyPath) -> Iterator[KeyPath]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one:
            if key in other:
                yield from _different(one[key], other[key], (*at, key))
    elif one != other and not _leaves_open(one, other):
        yield at


def _leaves_open(one: Any, other: Any) -> bool:
    """Say whether one of two says nothing, or only that a feature is wanted, which the other goes on to."""
    pair = (one, other)
    return None in pair or (
        any(each is True for each in pair) and any(isinstance(each, dict) for each in pair)
    )


def _decided(hub: Hub, at: KeyPath) -> bool:
    """Say whether the hub itself says something at a path, or above it."""
    entry = hub.document.value(hub.at)
    if at[0] != "values":
        return _has(entry, at)
    return any(_has(file.document.data, at[1:]) for file in hub.values_files)


def _has(data: Any, at: KeyPath) -> bool:
    for key in at:
        if not isinstance(data, dict):
            return True
        if key not in data:
            return False
        data = data[key]
    return True
