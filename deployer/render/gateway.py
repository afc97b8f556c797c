"""The Gateway that the support of a cluster offers to hubs: what both sides call things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rules.said import of_cluster, of_hub, value_of

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Hub

GATEWAY = {"name": "traefik-gateway", "namespace": "support"}
PLAIN = "web"
"""The listener of plain HTTP, which sends people to HTTPS and answers challenges."""


def is_offered(cluster: Cluster) -> bool:
    """Whether the support of a cluster has a Gateway for its hubs."""
    return value_of(of_cluster(cluster), ("gatewayAPI", "enabled")) is True


def is_routed(hub: Hub) -> bool:
    """Whether a hub's files say that it is behind a Gateway."""
    return value_of(of_hub(hub), ("jupyterhub", "httpRoute", "enabled")) is True


def listener(hub: str) -> str:
    """Return the name of the listener that a hub has."""
    return f"hub-{hub}"
