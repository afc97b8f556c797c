"""Where Terraform keeps the state of a cluster: the settings of its backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Aws

if TYPE_CHECKING:
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
        return {"gcs": {"bucket": state["gcs"]["bucket"], "prefix": name}}
    if "azurerm" in state:
        given = state["azurerm"]
        return {
            "azurerm": {
                "resource_group_name": given["resource_group"],
                "storage_account_name": given["storage_account"],
                "container_name": given["container"],
                "key": f"{name}.tfstate",
            }
        }
    return LOCAL


def state_bucket(cluster: Cluster) -> tuple[str, str]:
    """Return name and region of the S3 bucket that keeps the state of a cluster.

    Raises:
        DeployerError: config/org.yaml leaves open which, and the cluster is not on AWS.
    """
    given = cluster.organisation.state.get("s3") or {}
    if isinstance(cluster.provider, Aws):
        region = given.get("region", cluster.provider.region)
        return given.get("bucket", f"deployer-state-{cluster.provider.account}-{region}"), region
    if given.keys() >= {"bucket", "region"}:
        return given["bucket"], given["region"]
    raise DeployerError(
        f"{cluster.name} is not on AWS: which bucket keeps its state?",
        hint="say `bucket` and `region` under `state.s3` of config/org.yaml",
    )


def _s3(cluster: Cluster, key: str) -> dict[str, Any]:
    bucket, region = state_bucket(cluster)
    # A lock is an object beside the state: S3 itself sees to it that there is one at most.
    settings = {"bucket": bucket, "encrypt": True, "key": key, "region": region, "use_lockfile": True}
    if isinstance(
        cluster.provider, Aws
    ):  # else a login to another account is told as a bucket that is closed
        settings["allowed_account_ids"] = [cluster.provider.account]
    return settings
