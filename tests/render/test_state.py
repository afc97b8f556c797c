"""Where states are kept: names that follow from the cluster, unless config/org.yaml says others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet
from deployer.render.state import backend

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
CLOUDS = {
    "aws": 'aws: {account: "123456789012", clusterName: alps, region: us-west-2}',
    "azure": "azure: {resource_group: a, cluster: alps, location: westeurope, subscription: "
    f"{SUBSCRIPTION}}}",
    "gcp": "gcp: {project: alps-123456, cluster: alps, zone: us-central1-b}",
    "own": "kubeconfig: {file: x.yaml}",
}


def cluster(root: Path, cloud: str, state: str) -> Cluster:
    directory = root / "config/clusters/alps"
    directory.mkdir(parents=True)
    provider = "kubeconfig" if cloud == "own" else cloud
    text = f"schema: 2\nname: alps\nprovider: {provider}\n{CLOUDS[cloud]}\nhubs: []\n"
    (directory / "cluster.yaml").write_text(text)
    (directory / "x.yaml").write_text("{}\n")
    (root / "config/org.yaml").write_text(f"name: O\nstate: {state}\n")
    (found,) = load_fleet(root).clusters
    return found


@pytest.mark.parametrize(
    ("cloud", "state", "expected"),
    [
        (
            "aws",
            "{s3: {}}",
            {
                "s3": {
                    "allowed_account_ids": ["123456789012"],
                    "bucket": "deployer-state-123456789012-us-west-2",
                    "encrypt": True,
                    "key": "clusters/alps.tfstate",
                    "region": "us-west-2",
                    "use_lockfile": True,
                }
            },
        ),
        ("gcp", "{gcs: {}}", {"gcs": {"bucket": "deployer-state-alps-123456", "prefix": "clusters/alps"}}),
        ("own", "{gcs: {bucket: ours}}", {"gcs": {"bucket": "ours", "prefix": "clusters/alps"}}),
        (
            "azure",
            "{azurerm: {}}",
            {
                "azurerm": {
                    "container_name": "state",
                    "key": "clusters/alps.tfstate",
                    "resource_group_name": "deployer-state",
                    "storage_account_name": "deployerstate12b9377cbe7",
                    "subscription_id": SUBSCRIPTION,
                    "use_azuread_auth": True,
                }
            },
        ),
        (
            "own",
            "{azurerm: {storage_account: ours, container: tfs}}",
            {
                "azurerm": {
                    "container_name": "tfs",
                    "key": "clusters/alps.tfstate",
                    "resource_group_name": "deployer-state",
                    "storage_account_name": "ours",
                    "use_azuread_auth": True,
                }
            },
        ),
    ],
)
def test_a_cluster_has_a_key_of_its_own(
    tmp_path: Path, cloud: str, state: str, expected: dict[str, Any]
) -> None:
    assert backend(cluster(tmp_path, cloud, state)) == expected


@pytest.mark.parametrize(
    ("cloud", "state", "message"),
    [
        ("gcp", "{s3: {}}", "alps is not on AWS: which bucket keeps its state?"),
        ("aws", "{gcs: {}}", "alps is not on Google Cloud: which bucket keeps its state?"),
        ("aws", "{azurerm: {}}", "which storage account keeps the state of alps?"),
    ],
)
def test_what_nothing_says_is_asked_for(tmp_path: Path, cloud: str, state: str, message: str) -> None:
    with pytest.raises(DeployerError) as caught:
        backend(cluster(tmp_path, cloud, state))
    assert caught.value.message == message
    assert "config/org.yaml" in str(caught.value.hint)
