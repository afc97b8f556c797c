"""Keys that say again what is below them: without them, the hub would be the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from deployer.render.provenance import Leaf, add, find, leaves_of, plain, same

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from deployer.fleet.model import Hub
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers, Layers
    from deployer.render.provenance import Origin, Tree

Why = Literal["repeats", "adds nothing", "removes nothing"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeat:
    """A key of a layer that makes no difference; `below` is what says the same, when anything does."""

    origin: Origin
    at: KeyPath
    value: Any = field(repr=False)
    why: Why
    below: Leaf | None = None


def repeats(finder: Layers, layers: HubLayers) -> tuple[Repeat, ...]:
    """Return the keys in plain files of the fleet that could all be taken out, and the hub would be the same.

    This is tried, since a computed value may be what it is only because the key is there.
    """
    found = tuple(_apparent(layers))
    if not found or _makes_no_difference(finder, layers, found):
        return found
    safe: tuple[Repeat, ...] = ()
    for each in reversed(found):
        if _makes_no_difference(finder, layers, (each, *safe)):
            safe = (each, *safe)
    return safe


def _apparent(layers: HubLayers) -> Iterator[Repeat]:
    merged: Tree = {}
    for origin in layers.origins:
        if origin.kind in ("preset", "file") and not origin.shipped:
            for at, value in leaves_of(origin.values):
                below = find(merged, at)
                why = _why(value, below)
                if at and why and not (why == "removes nothing" and layers.lacks(at)):
                    leaf = below if isinstance(below, Leaf) else None
                    yield Repeat(origin=origin, at=at, value=value, why=why, below=leaf)
        add(merged, origin)


def _why(value: Any, below: Tree | Leaf | None) -> Why | None:
    if isinstance(below, Leaf):
        return "repeats" if same(value, below.value) else None
    if below is None:
        return "removes nothing" if value is None else None
    return "adds nothing" if isinstance(value, Mapping) else None


def _makes_no_difference(finder: Layers, layers: HubLayers, found: Collection[Repeat]) -> bool:
    changed = finder.of(layers.cluster, _without(layers.hub, found))
    return same(plain(changed.tree), plain(layers.tree))


def _without(hub: Hub, found: Collection[Repeat]) -> Hub:
    """Return a hub whose files lack some keys."""
    gone: dict[str, set[KeyPath]] = {}
    for each in found:
        if each.origin.document:
            gone.setdefault(each.origin.document.name, set()).add(each.at)

    def left(file: Any) -> Any:
        paths = gone.get(file.document.name)
        if not paths:
            return file
        return replace(file, document=replace(file.document, data=_left(file.document.data, paths, ())))

    return replace(
        hub, values_files=tuple(map(left, hub.values_files)), presets=tuple(map(left, hub.presets))
    )


def _left(data: Any, gone: Collection[KeyPath], at: KeyPath) -> Any:
    if not isinstance(data, Mapping):
        return data
    return {key: _left(value, gone, (*at, key)) for key, value in data.items() if (*at, key) not in gone}
