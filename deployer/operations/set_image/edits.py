"""The edits that make a file say an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.documents import examine
from deployer.fleet.editing.edits import InsertEntry, SetValue
from deployer.operations.set_image.holder import KEYS, says_parts
from deployer.operations.set_image.place import said
from deployer.render.paths import nested
from deployer.render.provenance import reach, same, sayings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.set_image.place import Place
    from deployer.render.image_reference import ImageReference
    from deployer.render.provenance import Origin


def edits(
    layers: HubLayers, place: Place, origin: Origin, path: Path, image: ImageReference
) -> tuple[Edit, ...]:
    """Return what makes the file of a layer, which may be a part of it, say an image."""
    document, _ = examine(path, root=layers.cluster.directory)
    at = origin.in_file(place.at)
    if place.whole:
        return (_put(document.data, at, str(image)),)
    wanted = _wanted(layers, place, origin, image)
    if reach(document.data, at)[0] < len(at) or not document.value(at):
        return (_put(document.data, at, wanted),)
    return tuple(_entries(document.data, at, wanted))


def _wanted(layers: HubLayers, place: Place, origin: Origin, image: ImageReference) -> dict[str, str]:
    """Return what the layer has to say: what a weaker one says rightly it need not, if it says the rest."""
    wanted = dict(zip(KEYS, image.in_parts, strict=True))
    if not any(each.origin is origin and says_parts(each) for each in sayings(layers.origins, place.at)):
        return wanted
    now = said(layers, place)
    right = [key for key in KEYS if isinstance(now, Mapping) and same(now.get(key), wanted[key])]
    return {key: value for key, value in wanted.items() if key not in right}


def _entries(data: Any, at: KeyPath, wanted: Mapping[str, str]) -> Iterator[Edit]:
    """Yield what puts entries into a map that is there: name before tag, and both before all others."""
    for key, value in wanted.items():
        _, there = reach(data, at)
        if key in there:
            yield SetValue(at=(*at, key), value=value)
        else:
            behind = "name" if key == "tag" and "name" in there else None
            yield InsertEntry(at=at, key=key, value=value, after=behind)


def _put(data: Any, at: KeyPath, value: Any) -> Edit:
    """Return what puts a value at a path, with as much of the path as is missing."""
    depth, there = reach(data, at)
    if depth == len(at):
        return SetValue(at=at, value=value)
    missing = [str(key) for key in at[depth:]]
    if isinstance(there, Mapping) and (there or depth == 0):
        below = nested(missing[1:], value) if missing[1:] else value
        return InsertEntry(at=at[:depth], key=missing[0], value=below, after=_last(there))
    return SetValue(at=at[:depth], value=nested(missing, value))


def _last(there: Mapping[str, Any]) -> str | None:
    return next(reversed(list(there)), None)
