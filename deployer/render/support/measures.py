"""What `kubectl top` asks, where Kubernetes comes without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def measures(subject: SupportSubject) -> dict[str, Any]:
    """Run metrics-server on EKS, which brings none; GKE and AKS do, and an adopted cluster may have one.

    Two would answer for the same APIService
    (https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html).
    """
    if clouds.of(subject.cluster.provider).GIVEN.metrics or not subject.built:
        return {}
    return {"metrics-server": {"enabled": True}}
