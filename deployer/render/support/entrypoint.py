"""The Service that all traffic comes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def entrypoint(subject: SupportSubject) -> dict[str, Any]:
    """Ask the cloud for a load balancer that shows the controller who calls.

    Not on an adopted cluster: asking for another kind there would mean another address.
    """
    annotations = clouds.of(subject.cluster.provider).GIVEN.load_balancer if subject.built else {}
    return {"entrypoint": {"annotations": dict(annotations)}} if annotations else {}
