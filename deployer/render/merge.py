"""Merging layers of chart values: what a hub gets, and where each value comes from.

Values are plain data. Here and wherever rules look into them, a map is asked for as `dict`: with `Mapping`,
that alone takes a tenth of the time of a validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deployer.fleet.documents import Document, KeyPath, Mark
    from deployer.fleet.model import Feature


Kind = Literal["chart", "computed", "preset", "feature", "file"]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One source of values. `name` is shown when there is no document to point at: `computed: ingress`.

    Values that a function makes have no document of their own: `function` names it, and it says `about`
    itself in a line what it does. Those of a `feature` were asked for in the document that it names.
    """

    name: str
    values: Mapping[str, Any]
    document: Document | None = None
    kind: Kind = "file"
    function: str = ""
    about: str = ""
    feature: Feature | None = None


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The values that layers make together, weakest layer first. Read only: layers share parts of `values`.

    A null stays in `values` as None until `for_helm`. `replacing` are the paths of the maps that took the
    place of something that is not a map, so that nothing below them counts any more.
    """

    values: Mapping[str, Any]
    layers: tuple[Layer, ...]
    replacing: frozenset[KeyPath] = frozenset()

    def origin(self, at: Sequence[str | int]) -> tuple[Layer, Mark | None]:
        """Return the strongest layer that says something at a path, and where in its document."""
        layer, found = self.origin_path(at)
        return layer, layer.document.mark(found) if layer.document else None

    def origin_path(self, at: Sequence[str | int]) -> tuple[Layer, KeyPath]:
        """Return the strongest layer that says something at a path, and how much of the path it has.

        What nobody set, such as a required key that is missing, belongs to the nearest ancestor.
        """
        best, depth = self.layers[0], -1
        for layer in reversed(self.layers):
            reached, ends = _reach(layer.values, at)
            if reached > depth:
                best, depth = layer, reached
            if ends:
                break
        return best, tuple(at[:depth])


def merge(layers: Iterable[Layer]) -> Merged:
    """Merge layers, weakest first: maps merge, everything else replaces, null included."""
    found = tuple(layers)
    values: Mapping[str, Any] = {}
    replacing: set[KeyPath] = set()
    for layer in found:
        values = _over(values, layer.values, (), replacing)
    return Merged(values=values, layers=found, replacing=frozenset(replacing))


def for_helm(merged: Merged, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values to hand to Helm, which merges them over the dependencies' own `defaults`.

    `defaults` has the name of each dependency as a key. Helm removes a key only where a null meets such a
    default and passes any other null on to the templates, so a null stays only where there is a default. A
    map that replaced something else gets a null for each default that it does not set itself.
    """
    return _for_helm(merged.values, defaults, (), merged.replacing, alone=False)


def _reach(values: Any, at: Sequence[str | int]) -> tuple[int, bool]:
    """Return how many steps of a path exist in values, and whether nothing weaker shows through there."""
    for depth, key in enumerate(at):
        if isinstance(values, dict):
            if key not in values:
                return depth, False
        elif not (isinstance(values, list) and isinstance(key, int) and key < len(values)):
            return depth, True
        values = values[key]
    return len(at), True


def _over(
    lower: Mapping[str, Any], upper: Mapping[str, Any], at: KeyPath, replacing: set[KeyPath]
) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        merged[key] = value
        if isinstance(value, dict) and key in lower:
            below = lower[key]
            if isinstance(below, dict):
                merged[key] = _over(below, value, (*at, key), replacing)
            else:
                replacing.add((*at, key))
    return merged


def _for_helm(
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    at: KeyPath,
    replacing: frozenset[KeyPath],
    *,
    alone: bool,
) -> dict[str, Any]:
    alone = alone or at in replacing
    handed: dict[str, Any] = dict.fromkeys(defaults) if alone else {}
    for key, value in values.items():
        if isinstance(value, dict):
            below = defaults.get(key)
            below = below if isinstance(below, dict) else {}
            handed[key] = _for_helm(value, below, (*at, key), replacing, alone=alone)
        elif value is not None or key in defaults:
            handed[key] = value
    return handed
