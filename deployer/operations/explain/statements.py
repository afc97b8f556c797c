"""What the plain values files of hubs say, setting by setting, and which hubs could share one.

A setting is a path with a value. Sets of hubs are numbers with a bit for each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from deployer.render.provenance import Leaf, leaves, leaves_of, sayings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.whole import WholeFleet
    from deployer.render.provenance import Origin

Target = Literal["values file", "preset"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """A path with a value that several hubs' files have.

    `holders` have it from their files; `unmoved` say something else there, or something above, so that a
    weaker layer can say what it likes. Those of them that say it too are `torn`: nothing may be taken out of
    their files. `said` are the layers that say it, each with the hubs that use it.
    """

    at: KeyPath
    value: Any = field(repr=False)
    holders: int
    unmoved: int
    torn: int
    said: tuple[tuple[Origin, int], ...] = field(repr=False)

    def removable(self, hubs: int) -> tuple[Origin, ...]:
        """Return the layers that could do without it when all of these hubs got it from elsewhere."""
        return tuple(origin for origin, users in self.said if not users & (self.torn | ~hubs))

    def saved(self, hubs: int) -> int:
        """Return how many settings fewer there would be, if these hubs shared it."""
        return len(self.removable(hubs)) - 1 if not hubs & ~(self.holders | self.unmoved) else 0


@dataclass(frozen=True, kw_only=True)
class Statements:
    """The settings that `at_least` so many of some hubs have. Files in `untouchable` stay as they are."""

    whole: WholeFleet
    hubs: tuple[HubLayers, ...]
    target: Target
    at_least: int
    untouchable: frozenset[Path] = frozenset()

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that enough hubs have from their files."""
        places: dict[tuple[KeyPath, str], int] = defaultdict(int)
        values: dict[tuple[KeyPath, str], Any] = {}
        for bit, layers in enumerate(self.hubs):
            for at, leaf in own(layers):
                key = (at, _text(leaf.value))
                places[key] |= 1 << bit
                values[key] = leaf.value
        return tuple(
            self._setting(at, values[at, text], text)
            for (at, text), hubs in places.items()
            if hubs.bit_count() >= self.at_least
        )

    def _setting(self, at: KeyPath, value: Any, text: str) -> Setting:
        holders = unmoved = torn = 0
        for bit, layers in enumerate(self.hubs):
            said = sayings(_stronger(layers, self.target), at)
            if any(isinstance(each.value, Mapping) for each in said):
                continue
            equal = [each.at == at and _text(each.value) == text for each in said]
            holders |= (bool(equal) and all(equal)) << bit
            unmoved |= (not all(equal)) << bit
            torn |= (any(equal) and not all(equal)) << bit
        said_by = tuple(self._said.get((at, text), ()))
        return Setting(at=at, value=value, holders=holders, unmoved=unmoved, torn=torn, said=said_by)

    @cached_property
    def _said(self) -> dict[tuple[KeyPath, str], list[tuple[Origin, int]]]:
        """Who says a setting: one layer a file, with the hubs that use the file when all are among ours."""
        users: dict[Path, int] = defaultdict(int)
        origins: dict[Path, Origin] = {}
        bits = {layers.name: 1 << bit for bit, layers in enumerate(self.hubs)}
        for cluster in self.whole.fleet.clusters:
            for hub in cluster.hubs:
                for file in hub.values_files:
                    # A hub that is not among ours has a bit that is in no set of hubs.
                    users[file.path] |= bits.get(f"{cluster.name} {hub.name}", 1 << len(self.hubs))
        for layers in self.hubs:
            plain = (each for each in layers.origins if each.kind == "file")
            origins |= {each.document.path: each for each in plain if each.document}
        found: dict[tuple[KeyPath, str], list[tuple[Origin, int]]] = defaultdict(list)
        for path, origin in origins.items():
            for at, value in leaves_of(origin.values) if path not in self.untouchable else ():
                found[at, _text(value)].append((origin, users[path]))
        return found


def own(layers: HubLayers) -> list[tuple[KeyPath, Leaf]]:
    """Return the values that count and come from a hub's plain files."""
    return [(at, leaf) for at, leaf in leaves(layers.tree) if leaf.origin.kind == "file"]


def common(hubs: Sequence[HubLayers], at_least: int) -> dict[HubLayers, tuple[int, int]]:
    """Return how many values each hub has from its files, and how many of them that many hubs have."""
    each = {layers: {(at, _text(leaf.value)) for at, leaf in own(layers)} for layers in hubs}
    counts: dict[tuple[KeyPath, str], int] = defaultdict(int)
    for settings in each.values():
        for setting in settings:
            counts[setting] += 1
    return {
        layers: (len(settings), sum(counts[setting] >= at_least for setting in settings))
        for layers, settings in each.items()
    }


def _stronger(layers: HubLayers, target: Target) -> tuple[Origin, ...]:
    """Return the layers that would be over a new shared one."""
    kinds: Collection[str] = ("file", "encrypted file")
    if target == "values file":
        return tuple(origin for origin in layers.origins if origin.kind in kinds)
    listed = layers.hub.document.value((*layers.hub.at, "presets")) or ()
    names = {f"preset: {name}" for name in listed}
    return tuple(origin for origin in layers.origins if origin.kind in kinds or origin.name in names)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
