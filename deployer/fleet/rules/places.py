"""Where in a fleet the rules look, and where they point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet, Hub
    from deployer.fleet.positions import KeyPath


def hubs(fleet: Fleet) -> Iterator[Hub]:
    """Return all hubs of a fleet."""
    for cluster in fleet.clusters:
        yield from cluster.hubs


def in_hub(hub: Hub, at: KeyPath, message: str) -> Finding:
    """Return a finding at a path of a hub, which its message names."""
    return Finding(hub.document, (*hub.at, *at), f"hub `{hub.name}`: {message}")
