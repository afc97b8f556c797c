"""What each key of a layer does to a hub: whether it counts, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from deployer.render.provenance import Leaf, find, leaves_of, sayings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.repeats import Repeat
    from deployer.render.provenance import Origin, Saying

Reason = Literal[
    "", "overridden", "unknown", "switched off", "outside", "repeats", "adds nothing", "removes nothing"
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Effect:
    """What a key does to a hub. With no `reason` it counts; else that says why it does not.

    `by` is what overrides it or says the same, `at` the path that the reason is about: the key's, or for an
    unknown key or a package that is switched off one above.
    """

    layers: HubLayers
    key: KeyPath
    value: Any = field(repr=False)
    reason: Reason = ""
    at: KeyPath = ()
    by: tuple[Origin, KeyPath, Any] | None = None


def effects(layers: HubLayers, origin: Origin, found: Mapping[KeyPath, Repeat]) -> Iterator[Effect]:
    """Yield what each key of a layer does to a hub; `found` are those of this layer that repeat."""
    for key, value in leaves_of(origin.values):
        if key:
            yield _effect(layers, origin, key, value, found.get(key))


def _effect(layers: HubLayers, origin: Origin, key: KeyPath, value: Any, repeat: Repeat | None) -> Effect:
    def of(reason: Reason, at: KeyPath, by: tuple[Origin, KeyPath, Any] | None = None) -> Effect:
        return Effect(layers=layers, key=key, value=value, reason=reason, at=at, by=by)

    idle = layers.idle(key)
    if idle:
        return of(*idle)
    leaf = find(layers.tree, key)
    if repeat:
        below = repeat.below
        return of(repeat.why, key, (below.origin, key, below.value) if below else None)
    if isinstance(leaf, Leaf) and leaf.origin is origin:
        return of("", key)
    if value == {} and isinstance(leaf, dict):
        return of("adds nothing", key)
    stronger = _strongest(layers, origin, key)
    return of("overridden", key, (stronger.origin, stronger.at, stronger.value) if stronger else None)


def _strongest(layers: HubLayers, origin: Origin, key: KeyPath) -> Saying | None:
    said = sayings(layers.origins, key)
    after = layers.origins[layers.origins.index(origin) + 1 :]
    return next((each for each in reversed(said) if each.origin in after), None)
