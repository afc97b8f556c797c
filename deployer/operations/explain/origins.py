"""The layers of the fleet as explanations name them; what nobody said is not shown as if somebody had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.render.placeholders import placeholder
from deployer.render.provenance import Origin, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from deployer.fleet.model import Installed, ValuesFile
    from deployer.fleet.positions import KeyPath
    from deployer.operations.render import Rendered
    from deployer.render.merge import Layer
    from deployer.render.provenance import Kind


def origins(release: Rendered, root: Path) -> Iterator[Origin]:
    """Yield the layers of the fleet: chart, computed, presets, features, files."""
    made_up = frozenset(_placeholders(release.owner))
    for layer in release.merged.layers:
        if layer.kind in ("chart", "preset"):
            yield _in_fleet(layer, layer.kind, root, ("values",) if layer.kind == "preset" else ())
        elif layer.kind in ("computed", "feature"):
            yield _made(layer, layer.kind, made_up)
    yield from (_of_file(file) for file in release.owner.values_files)


def _in_fleet(layer: Layer, kind: Kind, root: Path, place: KeyPath = ()) -> Origin:
    """Return a layer that is the fleet's own, or else comes with the program."""
    document = layer.document
    return Origin(
        kind=kind,
        name=layer.name,
        values=layer.values,
        document=document,
        place=place,
        shipped=document is not None and not document.path.is_relative_to(root),
    )


def _of_file(file: ValuesFile) -> Origin:
    return Origin(
        kind="encrypted file" if file.encrypted else "file",
        name=file.name,
        values=_known(file.document.data),
        document=file.document,
        place=file.at,
    )


def _made(layer: Layer, kind: Kind, made_up: frozenset[str]) -> Origin:
    return Origin(
        kind=kind,
        name=layer.name,
        values=_without(layer.values, made_up) if made_up else layer.values,
        function=layer.function,
        about=layer.about,
    )


def _known(data: Any) -> Any:
    """Return the content of an encrypted file, and of its scalars that they are unknown."""
    if isinstance(data, Mapping):
        return {key: _known(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_known(value) for value in data]
    return Unknown.ENCRYPTED if is_encrypted_scalar(data) else data


def _without(data: Any, made_up: Iterable[str]) -> Any:
    """Return computed values; a text that was made of an encrypted one's placeholder is unknown."""
    if isinstance(data, Mapping):
        return {key: _without(value, made_up) for key, value in data.items()}
    if isinstance(data, list):
        return [_without(value, made_up) for value in data]
    return Unknown.FOLLOWS if isinstance(data, str) and any(each in data for each in made_up) else data


def _placeholders(owner: Installed) -> Iterator[str]:
    for file in owner.listed_files:
        if file.encrypted:
            yield from _of_scalars(file.document.data, ())


def _of_scalars(data: Any, at: KeyPath) -> Iterator[str]:
    if isinstance(data, Mapping | list):
        for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from _of_scalars(value, (*at, key))
    elif is_encrypted_scalar(data):
        yield str(placeholder(at, {"type": "string"}))
