"""The place for the state on Azure, as its real provider plans it. Azure itself is asked nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.azure.offline import BUILDER, token_server
from tests.infra.offline import Root
from tests.infra.providers import AZURERM

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

VARIABLES = {
    "container": "state",
    "location": "westeurope",
    "resource_group": "deployer-state",
    "storage_account": "deployerstate0123456789a",
    "subscription": "00000000-0000-0000-0000-000000000000",
}


@pytest.mark.parametrize("program", ["terraform", "tofu"])
def test_the_container_is_private_versioned_and_without_keys(
    repository: Path, tmp_path: Path, program: str
) -> None:
    with token_server() as environ:
        root = Root(
            program, repository, tmp_path, module="bootstrap-azure", provider=AZURERM, environ=environ
        )
        plan = root.plan(VARIABLES)
    made = {each["address"]: each["values"] for each in plan["planned_values"]["root_module"]["resources"]}
    account = made["azurerm_storage_account.state"]
    assert {key: account[key] for key in ("min_tls_version", "https_traffic_only_enabled")} == {
        "min_tls_version": "TLS1_2",
        "https_traffic_only_enabled": True,
    }
    assert not account["shared_access_key_enabled"]
    assert not account["allow_nested_items_to_be_public"]
    assert account["blob_properties"][0]["versioning_enabled"]
    assert made["azurerm_storage_container.state"]["container_access_type"] == "private"
    role = made["azurerm_role_assignment.operator"]
    assert (role["role_definition_name"], role["principal_id"]) == ("Storage Blob Data Contributor", BUILDER)
