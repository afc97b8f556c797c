"""What a hub has that its chart does not have by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.keypath import shown
from deployer.operations.explain.plain_data import layer, readable
from deployer.render.provenance import Leaf, leaves, reach, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.render.provenance import Origin


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A value that is not the chart's default. A `default` of None stands for nothing.

    `over` is what it overrides in a layer that is not the chart's.
    """

    at: KeyPath
    leaf: Leaf
    default: Any
    over: Leaf | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        over = self.over
        return {
            **layer(self.leaf.origin, self.at),
            "path": shown(self.at),
            "value": readable(self.leaf.value),
            "default": readable(self.default),
            "overrides": {**layer(over.origin, self.at), "value": readable(over.value)} if over else None,
        }


@dataclass(frozen=True, kw_only=True)
class HubExplanation:
    """All that a hub has of its own. `repeated` is how many values say what is the default anyway."""

    layers: HubLayers
    differences: tuple[Difference, ...] = field(repr=False)
    repeated: int

    def by_layer(self) -> Iterator[tuple[Origin, list[Difference]]]:
        """Return the layers that make a difference, weakest first, each in the order of its lines."""
        for origin in self.layers.origins:
            found = [each for each in self.differences if each.leaf.origin is origin]
            if found:
                yield origin, sorted(found, key=lambda each: each.leaf.origin.line(each.at) or 0)

    def summary(self) -> dict[str, Any]:
        """Return the explanation as plain data (explain-hub.schema.json)."""
        ordered = [each for _, found in self.by_layer() for each in found]
        return {
            "cluster": self.layers.cluster.name,
            "hub": self.layers.hub.name,
            "differences": [each.summary() for each in ordered],
            "repeated": self.repeated,
            "not_at_hand": [str(package) for package in self.layers.missing],
        }


def explain_hub(layers: HubLayers) -> HubExplanation:
    """Return what differs from the defaults of a hub's chart and of its packages."""
    own = [(at, leaf) for at, leaf in leaves(layers.tree) if not leaf.origin.default]
    differences = [_difference(layers, at, leaf) for at, leaf in own]
    found = tuple(each for each in differences if not same(each.leaf.value, each.default))
    return HubExplanation(layers=layers, differences=found, repeated=len(own) - len(found))


def _difference(layers: HubLayers, at: KeyPath, leaf: Leaf) -> Difference:
    depth, value = reach(layers.defaults, at)
    over = leaf.below if isinstance(leaf.below, Leaf) and not leaf.below.origin.default else None
    return Difference(at=at, leaf=leaf, default=value if depth == len(at) else None, over=over)
