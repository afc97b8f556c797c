"""The autoscaler of nodes, on the one cloud whose Kubernetes has none of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Aws

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

RELEASES = {
    "1.32": "v1.32.7",
    "1.33": "v1.33.6",
    "1.34": "v1.34.5",
    "1.35": "v1.35.2",
    "1.36": "v1.36.1",
}
"""The newest for each version of Kubernetes, whose scheduler it imitates
(https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler#releases)."""


def autoscaler(subject: SupportSubject) -> dict[str, Any]:
    """Add and remove nodes of the pools on AWS, as the role that outputs.yaml names."""
    cluster = subject.cluster
    if not isinstance(cluster.provider, Aws):
        return {}
    values: dict[str, Any] = {
        "awsRegion": cluster.provider.region,
        "autoDiscovery": {"clusterName": cluster.provider.cluster},
    }
    release = RELEASES.get(cluster.kubernetes_version)
    if release:
        values["image"] = {"tag": release}
    role = cluster.outputs.get("autoscaler_role")
    if role:
        values["enabled"] = True
        account = {"annotations": {"eks.amazonaws.com/role-arn": role}}
        values["rbac"] = {"serviceAccount": account}
    return {"cluster-autoscaler": values}
