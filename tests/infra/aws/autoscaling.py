"""Auto Scaling: the real group behind a node group, which moto's EKS only names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.autoscaling.models import autoscaling_backends

from tests.infra.aws.call import ACCOUNT

if TYPE_CHECKING:
    from moto.eks.models import Nodegroup


def make_group(region: str, nodegroup: Nodegroup) -> str:
    """Make the group that a node group has named, and return its name. No machine is started."""
    name = str(nodegroup.resources["autoScalingGroups"][0]["name"])
    template = nodegroup.launch_template
    autoscaling_backends[ACCOUNT][region].create_auto_scaling_group(
        name=name,
        availability_zones=[],
        desired_capacity=0,
        max_size=nodegroup.scaling_config["maxSize"],
        min_size=0,
        launch_config_name="",
        launch_template={"LaunchTemplateId": template["id"], "Version": template["version"]},
        vpc_zone_identifier=",".join(nodegroup.subnets),
        default_cooldown=None,
        health_check_period=None,
        health_check_type=None,
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=[],
        tags=[],
    )
    return name


def delete_group(region: str, name: str) -> None:
    """Delete a group."""
    autoscaling_backends[ACCOUNT][region].delete_auto_scaling_group(name)
