"""Which settings would be worth a shared place, and for which hubs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from deployer.render.merge import Layer, merge
from deployer.render.paths import nested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.statements import Setting, Statements
    from deployer.render.provenance import Origin

_MOST_SETS = 50
"""Sets of hubs whose intersections are tried too; those with the most settings come first."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Settings that hubs would get from one place. `place` is where their files have the values."""

    hubs: tuple[HubLayers, ...]
    settings: tuple[Setting, ...]
    removals: tuple[tuple[Origin, tuple[KeyPath, ...]], ...] = field(repr=False)
    place: KeyPath = ()

    @property
    def saved(self) -> int:
        """How many settings fewer there will be."""
        return sum(len(paths) for _, paths in self.removals) - len(self.settings)

    @property
    def values(self) -> dict[str, Any]:
        """What the shared place says."""
        layers = (
            Layer(name="", values=nested(list(map(str, each.at)), each.value)) for each in self.settings
        )
        return dict(merge(layers).values)


def proposal(statements: Statements) -> Proposal | None:
    """Return the shared place that saves most, None when none saves anything."""
    at_least = statements.at_least
    best: tuple[int, int, tuple[Setting, ...], KeyPath] = (0, 0, (), ())
    for place, hubs in _groups(statements):
        candidates = [each for each in statements.settings if (each.holders & hubs).bit_count() >= at_least]
        for chosen in _sets(candidates, hubs):
            found = (*_tried(candidates, chosen, at_least), place)
            # Of two that save the same, the one that fewer hubs have to list.
            best = max(best, found, key=lambda each: (each[0], -each[1].bit_count()))
    saved, chosen, settings, place = best
    return _proposal(statements, chosen, settings, place) if saved else None


def _tried(candidates: Iterable[Setting], chosen: int, at_least: int) -> tuple[int, int, tuple[Setting, ...]]:
    """Return what a set of hubs would save, the set without those that need none of it, and the settings."""
    settings = tuple(_worthwhile(candidates, chosen, at_least))
    saved = sum(each.saved(chosen) for each in settings)
    needing = 0
    for each in settings:
        needing |= each.holders & chosen
    enough = sum(each.saved(needing) for each in settings) == saved
    return saved, needing if enough else chosen, settings


def _groups(statements: Statements) -> Iterator[tuple[KeyPath, int]]:
    """Yield the hubs that can list one file: their values lie at one place. A preset fits all."""
    by_place: dict[KeyPath, int] = {}
    for bit, layers in enumerate(statements.hubs):
        places = {file.at for file in layers.hub.values_files} or {()}
        place = () if statements.target == "preset" else next(iter(places))
        by_place[place] = by_place.get(place, 0) | 1 << bit
    yield from by_place.items()


def _sets(candidates: Iterable[Setting], hubs: int) -> set[int]:
    """Return sets of hubs that are worth a look: all that could have some setting, or two of them."""
    counts: dict[int, int] = {hubs: 0}
    for each in candidates:
        could = (each.holders | each.unmoved) & hubs
        counts[could] = counts.get(could, 0) + 1
    often = sorted(counts, key=lambda each: -counts[each])[:_MOST_SETS]
    return {each for each in [*counts, *(a & b for a, b in combinations(often, 2))] if each.bit_count() > 1}


def _worthwhile(candidates: Iterable[Setting], hubs: int, at_least: int) -> Iterator[Setting]:
    """Yield the settings that save something for these hubs, the best one for each path."""
    fitting = [
        each for each in candidates if each.saved(hubs) > 0 and (each.holders & hubs).bit_count() >= at_least
    ]
    taken: list[KeyPath] = []
    for each in sorted(fitting, key=lambda each: -each.saved(hubs)):
        if not any(_meet(each.at, other) for other in taken):
            taken.append(each.at)
            yield each


def _meet(one: KeyPath, other: KeyPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _proposal(statements: Statements, hubs: int, settings: tuple[Setting, ...], place: KeyPath) -> Proposal:
    removals: dict[Origin, list[KeyPath]] = {}
    for each in settings:
        for origin in each.removable(hubs):
            removals.setdefault(origin, []).append(each.at)
    return Proposal(
        hubs=tuple(layers for bit, layers in enumerate(statements.hubs) if hubs >> bit & 1),
        settings=settings,
        removals=tuple((origin, tuple(paths)) for origin, paths in removals.items()),
        place=place,
    )
