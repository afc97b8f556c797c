"""Elastic Kubernetes Service: what moto leaves out of clusters and node groups, updates, and add-ons."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.eks.models import eks_backends

from tests.infra.aws.autoscaling import delete_group, make_group
from tests.infra.aws.call import ACCOUNT, Call, Refused
from tests.infra.aws.eks_access import AccessEntries
from tests.infra.aws.eks_addons import Addons

if TYPE_CHECKING:
    from moto.eks.models import Cluster, Nodegroup


class ElasticKubernetes:
    """moto has clusters and node groups. Kept here: add-ons and access entries, and what was made elsewhere.

    moto gives an attribute of its objects out under the API's name of it, so what it leaves out is set there.
    """

    def __init__(self) -> None:
        self._access = AccessEntries()
        self._addons = Addons()
        self._security_groups: dict[str, str] = {}
        self._autoscaling_groups: dict[tuple[str, str], str] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks or does otherwise than AWS."""
        match call.method, *call.path:
            case "POST", "clusters", name, "updates":
                _upgrade(_cluster(call, name), call.body["version"])
                return _update("VersionUpdate")
            case "POST", "clusters", name, "update-config":
                _configure(_cluster(call, name), call.body)
                return _update("ConfigUpdate")
            case "GET", "clusters", name, "updates", update:
                _cluster(call, name)
                return {"update": {"id": update, "status": "Successful"}}
            case "POST", "clusters", name, "node-groups", group, "update-version":
                _move(_cluster(call, name), _nodegroup(call, name, group), call.body)
                return _update("VersionUpdate")
            case "GET", "addons", "supported-versions":
                return self._addons.answer(call)
            case _, "clusters", name, "addons", *_:
                _cluster(call, name)
                return self._addons.answer(call)
            case _, "clusters", name, "access-entries", *_:
                _cluster(call, name)
                return self._access.answer(call)
            case _, "tags", arn:
                return self._tags(call, arn)
        return None

    def _tags(self, call: Call, arn: str) -> dict[str, Any] | None:
        if ":access-entry/" in arn:
            return self._access.answer(call)
        if ":addon/" in arn:
            return self._addons.answer(call)
        return _tags(call, _nodegroup(call, *arn.split("/")[1:3])) if ":nodegroup/" in arn else None

    def complete(self, call: Call) -> None:
        """Complete a cluster or a node group that moto made; delete what only it used."""
        match call.method, *call.path:
            case "POST", "clusters":
                self._complete_cluster(call)
            case "DELETE", "clusters", name:
                ec2 = ec2_backends[ACCOUNT][call.region]
                ec2.delete_security_group(group_id=self._security_groups.pop(name))
                self._access.forget(name)
            case "POST", "clusters", name, "node-groups":
                self._complete_nodegroup(call, name)
            case "DELETE", "clusters", name, "node-groups", group:
                delete_group(call.region, self._autoscaling_groups.pop((name, group)))

    def _complete_cluster(self, call: Call) -> None:
        cluster = _cluster(call, call.body["name"])
        ec2 = ec2_backends[ACCOUNT][call.region]
        vpc = ec2.get_subnet(cluster.resources_vpc_config["subnetIds"][0]).vpc_id
        group = ec2.create_security_group(
            f"eks-cluster-sg-{cluster.name}", "of the control plane and managed nodes", vpc
        )
        self._security_groups[cluster.name] = group.id
        defaults = {"publicAccessCidrs": ["0.0.0.0/0"], "securityGroupIds": []}
        cluster.resources_vpc_config = {
            **defaults,
            **_given(cluster.resources_vpc_config),
            "clusterSecurityGroupId": group.id,
            "vpcId": vpc,
        }
        cluster.kubernetes_network_config = {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "172.20.0.0/16",
            **_given(call.body.get("kubernetesNetworkConfig")),
        }
        cluster.certificate_authority = {"data": "bm90IGEgY2VydGlmaWNhdGU="}  # base64, unlike moto's
        cluster.access_config = {
            "authenticationMode": "CONFIG_MAP",
            **_given(call.body.get("accessConfig")),
        }
        cluster.upgrade_policy = {"supportType": "EXTENDED", **_given(call.body.get("upgradePolicy"))}

    def _complete_nodegroup(self, call: Call, cluster: str) -> None:
        nodegroup = _nodegroup(call, cluster, call.body["nodegroupName"])
        _move(_cluster(call, cluster), nodegroup, call.body)
        nodegroup.update_config = call.body.get("updateConfig") or {"maxUnavailable": 1}
        # moto invents these for all.
        nodegroup.remote_access = call.body.get("remoteAccess")
        del nodegroup.resources["remoteAccessSecurityGroup"]
        self._autoscaling_groups[cluster, nodegroup.nodegroup_name] = make_group(call.region, nodegroup)


def _configure(cluster: Cluster, body: dict[str, Any]) -> None:
    # AWS changes what a call says and keeps the rest.
    cluster.access_config |= _given(body.get("accessConfig"))
    cluster.resources_vpc_config |= _given(body.get("resourcesVpcConfig"))
    cluster.upgrade_policy |= _given(body.get("upgradePolicy"))
    cluster.logging = body.get("logging") or cluster.logging


def _upgrade(cluster: Cluster, version: str) -> None:
    """Give a cluster the next minor version: AWS skips none, and goes back to none."""
    if _minor(version) != _minor(cluster.version) + 1:
        raise Refused(
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {cluster.version} to {version}",
        )
    cluster.version = version


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def _move(cluster: Cluster, nodegroup: Nodegroup, body: dict[str, Any]) -> None:
    """Give a node group a version, by default the cluster's, and a launch template."""
    nodegroup.version = body.get("version") or cluster.version
    if _minor(nodegroup.version) > _minor(cluster.version):
        raise Refused("InvalidParameterException", f"the control plane has only {cluster.version}")
    nodegroup.release_version = body.get("releaseVersion") or f"{nodegroup.version}.0-20260101"
    nodegroup.launch_template |= _given(body.get("launchTemplate"))


def _tags(call: Call, nodegroup: Nodegroup) -> dict[str, Any]:
    if call.method == "GET":
        return {"tags": nodegroup.tags}
    nodegroup.tags.update(call.body.get("tags") or {})
    for key in call.query.get("tagKeys", []):
        nodegroup.tags.pop(key, None)
    return {}


def _cluster(call: Call, name: str) -> Cluster:
    clusters = eks_backends[ACCOUNT][call.region].clusters
    if name not in clusters:
        raise Refused("ResourceNotFoundException", f"no such cluster: {name}", "404 Not Found")
    return clusters[name]


def _nodegroup(call: Call, cluster: str, name: str) -> Nodegroup:
    groups = _cluster(call, cluster).nodegroups
    if name not in groups:
        raise Refused("ResourceNotFoundException", f"no such node group: {name}", "404 Not Found")
    return groups[name]


def _given(values: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (values or {}).items() if value is not None}


def _update(kind: str) -> dict[str, Any]:
    return {"update": {"id": str(uuid.uuid4()), "status": "Successful", "type": kind}}
