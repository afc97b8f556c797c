"""Storage classes where the cloud brings none for claims that name none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

NAME = "standard"


def disks(subject: SupportSubject) -> dict[str, Any]:
    """Give claims that name no storage class a disk: hubs' databases and metrics are on such.

    An adopted cluster has one already, and would have two.

    EKS has had no default class since its version 1.30
    (https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html).
    """
    cloud = clouds.of(subject.cluster.provider)
    if cloud.GIVEN.default_disk or not subject.built:
        return {}
    disk = {
        "provisioner": cloud.HOMES.provisioner,
        "parameters": dict(cloud.HOMES.parameters),
        "default": True,
    }
    return {"storageClasses": {NAME: disk}}
