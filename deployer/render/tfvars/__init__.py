"""The variables of a cluster's Terraform root module, terraform/<cloud>/variables.tf.

What the clouds share has the same name in all of them; what one has of its own is in the module of its name.
Pure: nothing but the cluster's own files decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.infrastructure import infrastructure
from deployer.fleet.model import Aws, Gcp
from deployer.render.tfvars import aws, gcp

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster


def tfvars(cluster: Cluster) -> dict[str, Any]:
    """Return the variables as JSON takes them; what is absent has the module's own default.

    Raises:
        DeployerError: the cluster has no `infrastructure`, or lacks something that its cloud needs.
    """
    asked = infrastructure(cluster)
    if asked is None:
        raise DeployerError(
            f"{cluster.name} has no `infrastructure`: somebody else made it",
            hint="docs/infrastructure.md shows the block of cluster.yaml that Terraform builds from",
        )
    match cluster.provider:
        case Aws() as provider:
            return aws.variables(cluster, provider, asked)
        case Gcp() as provider:
            return gcp.variables(cluster, provider, asked)
        case _:
            raise DeployerError(
                f"{cluster.name}: infrastructure can be built on `aws` and `gcp` only so far",
                hint="build this cluster with other means; hubs can be deployed to it all the same",
            )
