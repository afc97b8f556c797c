"""Advice about keys that repeat the value below them, in every hub that their file reaches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.keypath import shown
from deployer.operations.explain.plain_data import layer, readable
from deployer.render.provenance import leaves_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.repeats import Repeat, Why
    from deployer.operations.explain.whole import WholeFleet
    from deployer.render.provenance import Origin

Place = tuple[str, "KeyPath"]
"""A file and a path in it."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A key that could be taken out of its file; with `keys` below it, when it is a map.

    `said_by` are the layers that say the same, with the line, each once; different hubs may have different
    ones.
    """

    origin: Origin
    at: KeyPath
    value: Any
    why: Why
    keys: int
    said_by: tuple[tuple[Origin, KeyPath], ...]
    hubs: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file's name."""
        return self.origin.file or ""

    @property
    def line(self) -> int:
        """The key's line."""
        return self.origin.line(self.at) or 1

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "file": self.file,
            "line": self.line,
            "path": shown(self.at),
            "value": readable(self.value),
            "keys": self.keys,
            "why": self.why,
            "said_by": [layer(origin, at) for origin, at in self.said_by],
            "hubs": list(self.hubs),
        }


def advice(whole: WholeFleet, chosen: Collection[HubLayers]) -> tuple[Advice, ...]:
    """Return the keys, in files that reach one of the chosen hubs, that are of no use to any hub."""
    users: dict[str, set[HubLayers]] = defaultdict(set)
    found: dict[Place, list[tuple[HubLayers, Repeat]]] = defaultdict(list)
    for layers in whole.hubs:
        for origin in layers.origins:
            users[origin.file or ""].add(layers)
        for repeat in whole.repeats[layers]:
            found[_place(repeat.origin, repeat.at)].append((layers, repeat))
    useless = {
        place: each for place, each in found.items() if {layers for layers, _ in each} == users[place[0]]
    }
    picked = {place: each for place, each in useless.items() if users[place[0]] & set(chosen)}
    result = [
        _advice(*group) for origin in _files(picked) for group in _groups(origin, origin.values, (), picked)
    ]
    return tuple(sorted(result, key=lambda each: (each.file, each.line)))


def summary(found: Collection[Advice]) -> dict[str, Any]:
    """Return advice as plain data (explain-overrides.schema.json)."""
    return {"keys": sum(each.keys for each in found), "advice": [each.summary() for each in found]}


def _place(origin: Origin, at: KeyPath) -> Place:
    return origin.file or "", origin.in_file(at)


def _files(found: dict[Place, list[tuple[HubLayers, Repeat]]]) -> Iterator[Origin]:
    """Yield one layer for each file."""
    yield from {place[0]: each[0][1].origin for place, each in found.items()}.values()


Group = tuple["Origin", "KeyPath", Any, list[list[tuple["HubLayers", "Repeat"]]]]


def _groups(
    origin: Origin, value: Any, at: KeyPath, found: dict[Place, list[tuple[HubLayers, Repeat]]]
) -> Iterator[Group]:
    """Yield the highest paths of which all that is below is useless for one reason."""
    leaves = [(*at, *below) for below, _ in leaves_of(value)]
    each = [found[place] for leaf in leaves if (place := _place(origin, leaf)) in found]
    together = at and len(each) == len(leaves) and len({_reason(repeats) for repeats in each}) == 1
    if together and not (isinstance(value, dict) and len(value) == 1):
        yield origin, at, value, each
    elif each and isinstance(value, dict):
        for key, below in value.items():
            yield from _groups(origin, below, (*at, key), found)


def _reason(repeats: list[tuple[HubLayers, Repeat]]) -> tuple[str, ...]:
    return tuple(repeat.below.origin.name if repeat.below else repeat.why for _, repeat in repeats)


def _advice(origin: Origin, at: KeyPath, value: Any, each: list[list[tuple[HubLayers, Repeat]]]) -> Advice:
    first = each[0]
    said_by = {
        (repeat.below.origin.name, repeat.below.origin.line(at)): repeat.below.origin
        for _, repeat in first
        if repeat.below
    }
    return Advice(
        origin=origin,
        at=at,
        value=value,
        why=first[0][1].why,
        keys=len(each),
        said_by=tuple((below, at) for below in said_by.values()),
        hubs=tuple(dict.fromkeys(layers.name for layers, _ in first)),
    )
