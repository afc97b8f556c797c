"""Where Terraform keeps the state of a cluster: the settings of its backend."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Aws, Azure, Gcp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster

LOCAL: dict[str, Any] = {"local": {}}


def backend(cluster: Cluster) -> dict[str, Any]:
    """Return the content of `terraform { backend ... }` as JSON has it; each cluster has a key of its own.

    Raises:
        DeployerError: config/org.yaml leaves open what nothing else says.
    """
    state = cluster.organisation.state
    name = f"clusters/{cluster.name}"
    if "s3" in state:
        return {"s3": _s3(cluster, f"{name}.tfstate")}
    if "gcs" in state:
        return {"gcs": {"bucket": gcs_bucket(cluster), "prefix": name}}
    if "azurerm" in state:
        return {"azurerm": _azurerm(cluster, f"{name}.tfstate")}
    return LOCAL


def word(settings: Mapping[str, Any]) -> str:
    """Return what the cloud of a backend calls the place where states are."""
    return "container" if "azurerm" in settings else "bucket"


def state_bucket(cluster: Cluster) -> tuple[str, str]:
    """Return name and region of the S3 bucket that keeps the state of a cluster.

    Raises:
        DeployerError: config/org.yaml leaves open which, and the cluster is not on AWS.
    """
    given = _given(cluster, "s3")
    if isinstance(cluster.provider, Aws):
        region = given.get("region", cluster.provider.region)
        return given.get("bucket", f"deployer-state-{cluster.provider.account}-{region}"), region
    if given.keys() >= {"bucket", "region"}:
        return given["bucket"], given["region"]
    raise DeployerError(
        f"{cluster.name} is not on AWS: which bucket keeps its state?",
        hint="say `bucket` and `region` under `state.s3` of config/org.yaml",
    )


def gcs_bucket(cluster: Cluster) -> str:
    """Return the name of the bucket of Google Cloud Storage that keeps the state of a cluster.

    Raises:
        DeployerError: config/org.yaml leaves open which, and the cluster is not on Google Cloud.
    """
    given = _given(cluster, "gcs")
    if "bucket" in given:
        return str(given["bucket"])
    if isinstance(cluster.provider, Gcp):
        # Projects of an organisation's own domain are named like `example.org:project`.
        return f"deployer-state-{re.sub('[^a-z0-9-]', '-', cluster.provider.project)}"
    raise DeployerError(
        f"{cluster.name} is not on Google Cloud: which bucket keeps its state?",
        hint="say `bucket` under `state.gcs` of config/org.yaml",
    )


def azure_container(cluster: Cluster) -> dict[str, str]:
    """Return resource group, storage account and container that keep the state of a cluster on Azure.

    Raises:
        DeployerError: config/org.yaml leaves open which, and the cluster's subscription is not known.
    """
    given = _given(cluster, "azurerm")
    provider = cluster.provider
    subscription = provider.subscription if isinstance(provider, Azure) else None
    if subscription is None and "storage_account" not in given:
        raise DeployerError(
            f"which storage account keeps the state of {cluster.name}?",
            hint="say `storage_account` under `state.azurerm` of config/org.yaml, or the cluster's "
            "`azure.subscription`, which names one",
        )
    # Names of accounts are those of all of Azure, and short.
    known = hashlib.sha256(str(subscription).encode()).hexdigest()[:11]
    return {
        "resource_group": given.get("resource_group", "deployer-state"),
        "storage_account": given.get("storage_account", f"deployerstate{known}"),
        "container": given.get("container", "state"),
    }


def _given(cluster: Cluster, kind: str) -> Mapping[str, Any]:
    given: Mapping[str, Any] = cluster.organisation.state.get(kind) or {}
    return given


def _s3(cluster: Cluster, key: str) -> dict[str, Any]:
    bucket, region = state_bucket(cluster)
    # A lock is an object beside the state: S3 itself sees to it that there is one at most.
    settings = {"bucket": bucket, "encrypt": True, "key": key, "region": region, "use_lockfile": True}
    if isinstance(
        cluster.provider, Aws
    ):  # else a login to another account is told as a bucket that is closed
        settings["allowed_account_ids"] = [cluster.provider.account]
    return settings


def _azurerm(cluster: Cluster, key: str) -> dict[str, Any]:
    place = azure_container(cluster)
    settings: dict[str, Any] = {
        "resource_group_name": place["resource_group"],
        "storage_account_name": place["storage_account"],
        "container_name": place["container"],
        "key": key,
        # By roles: the account has no keys.
        "use_azuread_auth": True,
    }
    if isinstance(cluster.provider, Azure) and cluster.provider.subscription:
        settings["subscription_id"] = cluster.provider.subscription
    return settings
