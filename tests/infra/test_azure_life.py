"""A cluster on a local Azure: made, found as it should be, changed in place.

The local Azure keeps what it is told. So it shows that the module can be applied, that nothing is found to be
other than it was asked for, and what a change deletes; and not what Azure would refuse. It takes minutes, in
which the provider sleeps: a Key Vault, locks and the end, which would take as long again, are left to plans.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.azure.local import local_azure
from tests.infra.azure.offline import Root, told
from tests.infra.offline import variables
from tests.infra.root import found_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.azure.local import Store

pytestmark = pytest.mark.integration

CLUSTERS = Path(__file__).parent / "azure/clusters"
KEY = "https://others.vault.azure.net/keys/hubs/0123456789abcdef0123456789abcdef"
IDENTITIES = (
    "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/others"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)


@pytest.fixture
def made(repository: Path, tmp_path: Path) -> Iterator[tuple[Store, Root]]:
    """A local Azure, and the module that is ready to be applied there."""
    program = "tofu" if found_here("tofu", repository) else "terraform"
    with local_azure(tmp_path) as (store, environ):
        yield store, Root(program, repository, tmp_path, environ)


def apply(root: Root, values: dict[str, Any]) -> dict[str, Any]:
    """Make what is asked for, find that nothing is left to do, and return the outputs."""
    root.set_values(values)
    root.run("apply", "-auto-approve", "-input=false", "-parallelism=30")
    said = root.run("plan", "-input=false")
    assert "No changes." in said, said.partition("the following actions")[2]
    return root.outputs()


def test_a_cluster_is_made_and_changed_in_place(made: tuple[Store, Root], tmp_path: Path) -> None:
    store, root = made
    values = variables(CLUSTERS / "rich/cluster.yaml", tmp_path / "fleet")
    values |= {"deletion_protection": False, "secrets_key": KEY}
    outputs = apply(root, values)
    assert outputs["cluster"] == {
        "endpoint": "https://rich-prod.hcp.westeurope.azmk8s.io",
        "name": "rich-prod",
        "version": "1.33",
    }
    assert outputs["home_storage"]["common"] == {
        "id": outputs["home_storage"]["common"]["id"],
        "kind": "share",
        "path": "/richcommonaf8cdc/homes",
        "server": "richcommonaf8cdc.file.core.windows.net",
    }
    assert outputs["databases"]["grades"] == {
        "host": "rich-grades-c177f4.postgres.database.azure.com",
        "name": "rich-grades-c177f4",
        "port": 5432,
    }
    assert outputs["registries"]["images"] == "richimages5e3396.azurecr.io"
    assert outputs["buckets"]["data"] == "richdata79721c/data"
    assert set(outputs["hub_identities"]) == {"research", "teaching"}
    changed = {**copy.deepcopy(values), "kubernetes_version": "1.34", "tags": {"Owner": "Another"}}
    changed["node_pools"]["core"] |= {"machine": "Standard_E8s_v5", "generation": "abcdef"}
    changed["node_pools"]["small"] |= {"max": 60, "labels": {"size": "small"}}
    changed["home_storage"]["homes"] |= {"size": 1024, "snapshots": {"keep": 7}}
    changed["permissions"]["research"]["write"] = ["data", "scratch"]
    del changed["buckets"]["scratch"]["delete_after_days"]
    store.asked.clear()
    assert apply(root, changed)["cluster"]["version"] == "1.34"
    gone = {each.rsplit("/", 2)[-2] for each in store.asked if each.startswith("DELETE ")}
    assert gone == {"agentPools", "backupPolicies", "managementPolicies"}


def test_identities_of_others_are_used_and_nothing_is_granted_to_them(
    made: tuple[Store, Root], tmp_path: Path
) -> None:
    store, root = made
    given = {"cluster": f"{IDENTITIES}/aks", "nodes": f"{IDENTITIES}/kubelet"}
    for each in given.values():
        store.put(each, {"location": "westeurope"})
    values = variables(CLUSTERS / "guest/cluster.yaml", tmp_path / "fleet")
    resources = told(root.plan({**values, "identities": given}))["resources"]
    cluster = resources["azurerm_kubernetes_cluster.cluster"]
    assert cluster["identity"] == [{"identity_ids": [given["cluster"]], "type": "UserAssigned"}]
    assert [each["user_assigned_identity_id"] for each in cluster["kubelet_identity"]] == [given["nodes"]]
    assert not [each for each in resources if each.startswith("azurerm_user_assigned_identity.")]
    granted = {each.partition("[")[0] for each in resources if each.startswith("azurerm_role_assignment.")}
    assert granted == {
        "azurerm_role_assignment.backup_disk",
        "azurerm_role_assignment.backup_snapshots",
        "azurerm_role_assignment.builder",
    }
