"""The variables of a cluster's Terraform root module, terraform/<cloud>/variables.tf.

What the clouds share has the same name in all of them; what one has of its own is in the module of its name.
Pure: nothing but the cluster's own files decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.infrastructure import KEY, infrastructure
from deployer.fleet.limits import limits
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.fleet.schema import forbidden
from deployer.render.tfvars import aws, azure, gcp

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster


def tfvars(cluster: Cluster) -> dict[str, Any]:
    """Return the variables as JSON takes them; what is absent has the module's own default.

    Raises:
        DeployerError: the cluster has no `infrastructure`, or its cloud would refuse it.
    """
    asked = infrastructure(cluster)
    if asked is None:
        raise DeployerError(
            f"{cluster.name} has no `infrastructure`: somebody else made it",
            hint="docs/infrastructure has a page for each cloud with the block that Terraform builds from",
        )
    _refuse_what_the_schema_does(cluster)
    _check(cluster)
    match cluster.provider:
        case Aws() as provider:
            return aws.variables(cluster, provider, asked)
        case Azure() as provider:
            return azure.variables(cluster, provider, asked)
        case Gcp() as provider:
            return gcp.variables(cluster, provider, asked)
        case _:
            raise DeployerError(
                f"{cluster.name}: infrastructure can be built on `aws`, `azure` and `gcp` only",
                hint="build this cluster with other means; hubs can be deployed to it all the same",
            )


def _refuse_what_the_schema_does(cluster: Cluster) -> None:
    """Refuse what somebody has accepted beside its line: a hub may go on with that, no module can."""
    found = [each for each in forbidden(cluster.document.data, "cluster") if each.at[:1] == (KEY,)]
    if found:
        raise DeployerError(
            "\n".join(f"{cluster.name}: {each.about(each.at)}" for each in found),
            hint=f"mend {cluster.document.path}: an `ignore` is heeded by `validate`, not by Terraform",
        )


def _check(cluster: Cluster) -> None:
    found = list(limits(cluster))
    if found:
        nothing = f"mend `infrastructure` in {cluster.document.path}; nothing was done"
        raise DeployerError(
            "\n".join(f"{cluster.name}: {each.message}" for each in found),
            hint=found[0].hint if len(found) == 1 else nothing,
        )
