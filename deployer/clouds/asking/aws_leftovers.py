"""AWS: what controllers in a cluster made, found by the tags that they give it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from deployer.clouds.asking import Leftover

if TYPE_CHECKING:
    from collections.abc import Collection

    from deployer.clouds.asking import Asker
    from deployer.fleet.model import Aws, Cluster

# By how the part of an ARN after the account begins; `{id}` is what follows, `{arn}` the whole.
_DELETE = (
    ("elasticloadbalancing", "loadbalancer/app/", "aws elbv2 delete-load-balancer --load-balancer-arn={arn}"),
    ("elasticloadbalancing", "loadbalancer/net/", "aws elbv2 delete-load-balancer --load-balancer-arn={arn}"),
    ("elasticloadbalancing", "loadbalancer/", "aws elb delete-load-balancer --load-balancer-name={id}"),
    ("elasticloadbalancing", "targetgroup/", "aws elbv2 delete-target-group --target-group-arn={arn}"),
    ("elasticfilesystem", "access-point/", "aws efs delete-access-point --access-point-id={id}"),
    ("ec2", "volume/", "aws ec2 delete-volume --volume-id={id}"),
    ("ec2", "snapshot/", "aws ec2 delete-snapshot --snapshot-id={id}"),
    ("ec2", "security-group/", "aws ec2 delete-security-group --group-id={id}"),
    ("ec2", "network-interface/", "aws ec2 delete-network-interface --network-interface-id={id}"),
    ("ec2", "instance/", "aws ec2 terminate-instances --instance-ids={id}"),
)
# They go with their load balancer.
_INSIDE = ("listener/", "listener-rule/")
_ARN = re.compile(r"arn:[^:]+:(?P<service>[^:]+):[^:]*:[^:]*:(?P<name>.+)")


def tags(name: str) -> list[str]:
    """Return the tags that controllers give what they make for an EKS cluster, as filters."""
    return [
        f"Key=kubernetes.io/cluster/{name},Values=owned",
        f"Key=elbv2.k8s.aws/cluster,Values={name}",
        f"Key=KubernetesCluster,Values={name}",
        f"Key=ebs.csi.aws.com/cluster-name,Values={name}",
    ]


def leftovers(asker: Asker, known: Collection[str]) -> list[Leftover]:
    """Return what bears a tag of the cluster's controllers and is still there."""
    aws = cast("Aws", asker.cluster.provider)
    found: dict[str, Leftover] = {}
    for tag in tags(aws.cluster):
        argv = ["aws", "resourcegroupstaggingapi", "get-resources", f"--region={aws.region}"]
        said = asker.json([*argv, "--tag-filters", tag, "--output=json"])
        for each in said["ResourceTagMappingList"]:
            arn = each["ResourceARN"]
            parts = _ARN.fullmatch(arn)
            name = parts["name"] if parts else arn
            if name.startswith(_INSIDE) or arn in known or name.rpartition("/")[2] in known:
                continue
            found[arn] = Leftover(name=arn, delete=_delete(arn, aws.region))
    return [found[arn] for arn in sorted(found)]


def where_to_look(cluster: Cluster) -> str:
    """Say by which tags people find leftovers themselves."""
    name = cast("Aws", cluster.provider).cluster
    return (
        "look for load balancers, target groups, security groups and EBS volumes with the tag "
        f"kubernetes.io/cluster/{name} or elbv2.k8s.aws/cluster={name}"
    )


def _delete(arn: str, region: str) -> str:
    parts = _ARN.fullmatch(arn)
    for service, begins, command in _DELETE:
        if parts and parts["service"] == service and parts["name"].startswith(begins):
            said = command.format(arn=arn, id=parts["name"].removeprefix(begins))
            return f"{said} --region={region}"
    return ""
