"""What the cluster of `deployer local up` has no use for, or no image of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Local

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def local_node(subject: SupportSubject) -> dict[str, Any]:
    """Do without a load balancer, and without what is made of images from a registry."""
    if not isinstance(subject.cluster.provider, Local):
        return {}
    off = {"enabled": False}
    return dict.fromkeys(("entrypoint", "traefik", "cert-manager", "prometheus", "grafana"), off)
