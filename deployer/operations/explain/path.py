"""From what somebody typed to a path that there is, or to what they may have meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.keypath import parse, shown
from deployer.fleet.spelling import near
from deployer.render.provenance import Leaf, find, leaves, reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.knowledge import Schemas
    from deployer.operations.explain.layers import HubLayers

_MOST_KEYS = 12
_MOST_PATHS = 3


def resolved(layers: HubLayers, text: str) -> KeyPath:
    """Return the path that a text means in a hub's values.

    An item of a list may be given as a key (`hosts.0`), and the key under which the values of a `daskhub` lie
    in its files may be there.
    """
    at = parse(text)
    prefix = next((file.at for file in layers.hub.values_files if file.at), ())
    if prefix and at[: len(prefix)] == prefix and len(at) > len(prefix):
        at = at[len(prefix) :]
    for place, key in enumerate(at):
        found = find(layers.tree, at[:place])
        if (
            isinstance(key, str)
            and key.isdecimal()
            and isinstance(found, Leaf)
            and isinstance(found.value, list)
        ):
            at = (*at[:place], int(key), *at[place + 1 :])
    return at


def no_such(layers: HubLayers, schemas: Schemas, at: KeyPath) -> DeployerError:
    """Return the error about a path that is nowhere, with what may be meant or what there is."""
    error = f"no such value in {layers.name}: {shown(at)}"
    meant = list(dict.fromkeys(_meant(layers, schemas, at)))[:_MOST_PATHS]
    if meant:
        return DeployerError(error, hint=f"did you mean {' or '.join(f'`{shown(each)}`' for each in meant)}?")
    if layers.lacks(at):
        return DeployerError(
            f"nobody in the fleet sets it, and the package that may know it is not at hand: {shown(at)}",
            hint=layers.advice,
        )
    depth = _known_depth(layers, schemas, at)
    keys = _keys(layers, schemas, at[:depth])
    place = f" below `{shown(at[:depth])}`" if depth else ""
    if not keys:
        return DeployerError(error, hint=f"there is nothing{place}")
    more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
    return DeployerError(error, hint=f"known{place}: {', '.join(keys[:_MOST_KEYS])}{more}")


def keys_below(layers: HubLayers, at: KeyPath) -> list[str]:
    """Return the keys that any layer has below a path."""
    found = (reach(origin.values, at) for origin in layers.origins)
    maps = [value for depth, value in found if depth == len(at) and isinstance(value, Mapping)]
    return list(dict.fromkeys(str(key) for value in maps for key in value))


def continued(layers: HubLayers, text: str) -> list[str]:
    """Return the paths that begin with a text and have one key more than is complete in it."""
    before, dot, _ = text.rpartition(".")
    at = resolved(layers, before) if dot else ()
    found = [shown((*at, key)) for key in keys_below(layers, at)]
    return [each for each in found if each.startswith(text)]


def _meant(layers: HubLayers, schemas: Schemas, at: KeyPath) -> Iterator[KeyPath]:
    depth = _known_depth(layers, schemas, at)
    keys = _keys(layers, schemas, at[:depth])
    rest = at[depth:]
    for length in range(2, len(rest) + 1):
        # `extraFiles.a.b` for a key `a.b`.
        joined = ".".join(map(str, rest[:length]))
        if joined in keys:
            yield (*at[:depth], joined, *rest[length:])
    yield from _ending_with(layers, at)
    if rest and (close := near(str(rest[0]), keys)):
        corrected = (*at[:depth], close, *rest[1:])
        yield corrected[: max(_known_depth(layers, schemas, corrected), depth + 1)]


def _ending_with(layers: HubLayers, at: KeyPath) -> Iterator[KeyPath]:
    """Yield the paths that end with this one: `singleuser.memory` for `jupyterhub.singleuser.memory`."""
    found = (
        path[:end]
        for path, _ in leaves(layers.tree)
        for end in range(len(at) + 1, len(path) + 1)
        if path[end - len(at) : end] == at
    )
    yield from sorted(set(found), key=len)


def _known_depth(layers: HubLayers, schemas: Schemas, at: KeyPath) -> int:
    depths = (reach(origin.values, at)[0] for origin in layers.origins)
    described = max((i for i in range(len(at) + 1) if schemas.parts(at[:i])), default=0)
    return max(described, *depths)


def _keys(layers: HubLayers, schemas: Schemas, at: KeyPath) -> list[str]:
    return list(dict.fromkeys([*keys_below(layers, at), *schemas.keys(at)]))
