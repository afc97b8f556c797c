"""Which layer of a hub's values is to say an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.keypath import shown
from deployer.fleet.reach import reached
from deployer.operations.set_image.place import OF_HUB
from deployer.render.provenance import Leaf, find, sayings

if TYPE_CHECKING:
    from deployer.fleet.model import Fleet
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.set_image.place import Place
    from deployer.render.provenance import Origin, Saying

KEYS = ("name", "tag")
"""What makes an image in the values of the chart `jupyterhub`, where it is not one text."""


def holder(fleet: Fleet, layers: HubLayers, place: Place) -> Origin:
    """Return the layer that is to say the image: the one that does, else the hub's own plain file.

    Raises:
        DeployerError: it is none that can be edited.
    """
    origin = _of_list(layers, place) if place.whole else _of_parts(layers) or own_file(fleet, layers)
    if origin is None:
        raise DeployerError(
            f"{layers.name} has no plain file of values to write into",
            hint="list one under `helm_chart_values_files` in cluster.yaml",
        )
    if origin.kind == "encrypted file":
        raise DeployerError(
            f"the image is in an encrypted file, which cannot be edited here: {origin.file}",
            hint=f"move it to a plain file, since it is no secret, or run `sops {origin.file}`",
        )
    return origin


def own_file(fleet: Fleet, layers: HubLayers) -> Origin | None:
    """Return the strongest plain file that no other hub uses, else the strongest plain one."""
    plain = [each for each in reversed(layers.origins) if each.kind == "file"]
    alone = (each for each in plain if each.document and len(reached(fleet, [each.document.path])) == 1)
    return next(alone, plain[0] if plain else None)


def says_parts(saying: Saying) -> bool:
    """Whether a layer decides about the name or the tag of a hub's image."""
    value = saying.value
    return saying.effect != "overridden" and (
        not isinstance(value, Mapping) or not value.keys().isdisjoint(KEYS)
    )


def _of_parts(layers: HubLayers) -> Origin | None:
    """Return the strongest file that decides about the hub's own image, or None."""
    said = [each for each in sayings(layers.origins, OF_HUB) if says_parts(each)]
    files = [each.origin for each in said if each.origin.kind in ("file", "encrypted file")]
    return files[-1] if files else None


def _of_list(layers: HubLayers, place: Place) -> Origin:
    """Return the layer that has the list of profiles: only there can one of them be edited."""
    found = find(layers.tree, place.decided)
    origin = found.origin if isinstance(found, Leaf) else None
    if origin is None or not _editable(origin):
        source = origin.name if origin else "several layers"
        raise DeployerError(
            f"the profiles of {layers.name} come from {source}, where no image can be set",
            hint=f"write `{shown(place.decided)}` into a file of the hub's own: lists are not merged",
        )
    return origin


def _editable(origin: Origin) -> bool:
    """Whether a layer is the fleet's own: one of its files, or of its presets."""
    return origin.kind in ("file", "encrypted file") or (origin.kind == "preset" and not origin.shipped)
