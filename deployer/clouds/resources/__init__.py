"""What resources of Terraform are to people: a module for each cloud, and all of them together here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.resources import aws, azure, gcp
from deployer.clouds.resources.classes import HOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.clouds.resources.ageing import Ageing
    from deployer.clouds.resources.classes import Protection

_CLOUDS = (aws, azure, gcp)
PROTECTED: dict[str, Protection] = {
    "kubernetes_persistent_volume_claim": HOMES,
    "kubernetes_persistent_volume_claim_v1": HOMES,
    **{kind: protection for cloud in _CLOUDS for kind, protection in cloud.PROTECTED.items()},
}
"""Types of resources of all providers that the guard looks after, with their class."""
AGEING: dict[str, Ageing] = {kind: ageing for cloud in _CLOUDS for kind, ageing in cloud.AGEING.items()}
"""Types of resources of all providers by which things are deleted when they are old."""
KEPT: dict[str, tuple[str, ...]] = {
    kind: tuple(start for cloud in _CLOUDS for start in cloud.KEPT[kind])
    for kind in ("homes", "buckets", "databases")
}
"""What belongs to a kind of data: how type and name begin. With a thing goes what looks after it."""
HOLDING: dict[str, tuple[str, ...]] = {
    inside: held for cloud in _CLOUDS for inside, held in cloud.HOLDING.items()
}
"""What can't go as long as something that is kept is in it, by how the type of that begins."""


def identity(kind: str, values: Mapping[str, Any]) -> str:
    """Return by what Terraform imports a resource: its id, but for those whose id is made up."""
    made_up = {**aws.IDENTITIES, **gcp.IDENTITIES}
    if kind in made_up:
        return made_up[kind](values)
    return str(values.get("id", ""))
