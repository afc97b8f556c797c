"""Which hubs an edited file makes others, and what to say when that is more than was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.keypath import shown
from deployer.fleet.load import select_cluster, select_hubs
from deployer.fleet.reach import reached
from deployer.operations.explain.layers import Layers
from deployer.operations.set_image.holder import own_file
from deployer.render.provenance import find, plain, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.set_image.place import Place
    from deployer.render.provenance import Origin
    from deployer.session import Session

_NAMED = 6


def changed(
    session: Session, before: Fleet, after: Fleet, path: Path, place: Place
) -> Iterator[tuple[Cluster, Hub]]:
    """Yield the hubs, as they were, that an edited file gives other images.

    A hub that uses the file and has what it says from elsewhere is none of them. One of which nothing can be
    told counts as changed.
    """
    finder, finder_after = Layers(session, before), Layers(session, after)
    for each in reached(before, [path]):
        session.interruption.check()
        cluster = select_cluster(after, each.cluster.name)
        (hub,) = select_hubs(cluster, [each.hub.name])
        try:
            one, other = finder.of(each.cluster, each.hub), finder_after.of(cluster, hub)
        except DeployerError:
            yield each.cluster, each.hub
        else:
            if not same(_decided(one, place), _decided(other, place)):
                yield each.cluster, each.hub


def shared_file(
    fleet: Fleet, layers: HubLayers, place: Place, origin: Origin, others: Sequence[str]
) -> DeployerError:
    """Return the error about a file that gives the image to other hubs too."""
    named = ", ".join(others[:_NAMED]) + (f" and {len(others) - _NAMED} more" if len(others) > _NAMED else "")
    hint = "`--shared` sets it for all of them"
    own = own_file(fleet, layers)
    if own is not None and own is not origin and layers.origins.index(own) > layers.origins.index(origin):
        hint += f"; for this hub alone, write `{shown(place.decided)}` into {own.file} first"
    return DeployerError(f"{origin.file} sets this image for other hubs too: {named}", hint=hint)


def _decided(layers: HubLayers, place: Place) -> object:
    return plain(find(layers.tree, place.decided))
