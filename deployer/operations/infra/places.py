"""Where the state of a cluster is to be kept, and what makes that place: a root module for each cloud."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.render.state import azure_container, gcs_bucket, state_bucket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster

_ZONE = re.compile(r"^([a-z]+-[a-z]+\d+)-[a-z]$")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place for states. `known` are the ids of what may be there already, by address in the module."""

    name: str
    module: str
    variables: Mapping[str, Any]
    known: tuple[tuple[str, str], ...]


def place_of(cluster: Cluster) -> Place:
    """Return the place that config/org.yaml says, if it can be made with the cluster's credentials.

    Raises:
        DeployerError: it says none, or one of another cloud.
    """
    state, provider = cluster.organisation.state, cluster.provider
    if "s3" in state and isinstance(provider, Aws):
        return _s3(cluster, provider)
    if "gcs" in state and isinstance(provider, Gcp):
        return _gcs(cluster, provider)
    if "azurerm" in state and isinstance(provider, Azure):
        return _azurerm(cluster, provider)
    raise DeployerError(
        "the place for the state can be made with a cluster of the same cloud: S3 on AWS, GCS on Google "
        "Cloud, Blob Storage on Azure",
        hint="say `state: {s3: {}}`, `{gcs: {}}` or `{azurerm: {}}` in config/org.yaml, or make the place "
        "that it names with other means",
    )


def _s3(cluster: Cluster, provider: Aws) -> Place:
    bucket, region = state_bucket(cluster)
    return Place(
        name=bucket,
        module="bootstrap-aws",
        variables={"account": provider.account, "bucket": bucket, "region": region},
        known=(("aws_s3_bucket.state", bucket),),
    )


def _gcs(cluster: Cluster, provider: Gcp) -> Place:
    bucket = gcs_bucket(cluster)
    zone = _ZONE.match(provider.location)
    location = cluster.organisation.state["gcs"].get("location") or (zone[1] if zone else provider.location)
    return Place(
        name=bucket,
        module="bootstrap-gcp",
        variables={"bucket": bucket, "location": location, "project": provider.project},
        known=(("google_storage_bucket.state", f"{provider.project}/{bucket}"),),
    )


def _azurerm(cluster: Cluster, provider: Azure) -> Place:
    names = azure_container(cluster)
    if not provider.subscription or not provider.location:
        raise DeployerError(
            f"{cluster.name}: where is the place for its state to be made?",
            hint="say `subscription` and `location` under `azure` of cluster.yaml",
        )
    group = f"/subscriptions/{provider.subscription}/resourceGroups/{names['resource_group']}"
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/{names['storage_account']}"
    return Place(
        name=f"{names['storage_account']}/{names['container']}",
        module="bootstrap-azure",
        variables={**names, "location": provider.location, "subscription": provider.subscription},
        known=(
            ("azurerm_resource_group.state", group),
            ("azurerm_storage_account.state", account),
            (
                "azurerm_storage_container.state",
                f"{account}/blobServices/default/containers/{names['container']}",
            ),
        ),
    )
