"""Azure: AKS keeps what its controllers make in a resource group of its own, which goes with the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from deployer.clouds.asking import Leftover
from deployer.clouds.asking.azure_login import log_in
from deployer.clouds.asking.azure_quotas import subscription_option

if TYPE_CHECKING:
    from collections.abc import Collection

    from deployer.clouds.asking import Asker
    from deployer.fleet.model import Azure, Cluster

_TAGS = ("aks-managed-cluster-name", "aks-managed-cluster-rg")


def leftovers(asker: Asker, known: Collection[str]) -> list[Leftover]:
    """Return node resource groups of the cluster that are still there: they should have gone with it."""
    log_in(asker)
    azure = cast("Azure", asker.cluster.provider)
    option = subscription_option(asker)
    argv = ["az", "group", "list", f"--tag={_TAGS[0]}={azure.cluster}", *option, "--output=json"]
    return [
        Leftover(
            name=each["id"],
            delete=" ".join(["az group delete", f"--name={each['name']}", *option]),
        )
        for each in asker.json(argv) or ()
        if (each.get("tags") or {}).get(_TAGS[1]) == azure.resource_group and each["id"] not in known
    ]


def where_to_look(cluster: Cluster) -> str:
    """Say by what people find leftovers themselves."""
    azure = cast("Azure", cluster.provider)
    return (
        "load balancers, addresses and disks of Kubernetes are in the node resource group "
        f"`MC_{azure.resource_group}_{azure.cluster}_REGION`, which goes with it: look whether it did"
    )
