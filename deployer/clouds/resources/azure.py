"""Types of resources of Azure: what is protected, and what stays with data that stays."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.classes import (
    BUCKET,
    CLUSTER,
    DATABASE,
    DNS,
    HOMES,
    KEY,
    NETWORK,
    NODE_POOL,
    REGISTRY,
    Ageing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK = "azurerm_management_lock"
"""A resource of its own that protects what it lies on, and all that is in that."""
PROTECTED = {
    "azurerm_container_registry": REGISTRY,
    "azurerm_data_protection_backup_vault": HOMES,
    "azurerm_dns_zone": DNS,
    "azurerm_key_vault": KEY,
    "azurerm_key_vault_key": KEY,
    "azurerm_kubernetes_cluster": CLUSTER,
    "azurerm_kubernetes_cluster_node_pool": NODE_POOL,
    "azurerm_managed_disk": HOMES,
    "azurerm_mysql_flexible_server": DATABASE,
    "azurerm_postgresql_flexible_server": DATABASE,
    "azurerm_resource_group": CLUSTER,
    "azurerm_storage_account": BUCKET,
    "azurerm_storage_container": BUCKET,
    "azurerm_storage_share": HOMES,
    "azurerm_subnet": NETWORK,
    "azurerm_virtual_network": NETWORK,
}
KEPT = {
    "homes": (
        "azurerm_data_protection_backup_",
        "azurerm_managed_disk.",
        "azurerm_management_lock.disk",
        "azurerm_management_lock.share",
        "azurerm_role_assignment.backup_",
        "azurerm_storage_account.homes",
        "azurerm_storage_share.",
    ),
    "buckets": (
        "azurerm_management_lock.bucket",
        "azurerm_role_assignment.reader",
        "azurerm_storage_account.bucket",
        "azurerm_storage_account.export",
        "azurerm_storage_container.",
        "azurerm_storage_management_policy.",
    ),
    "databases": (
        "azurerm_management_lock.mysql",
        "azurerm_management_lock.postgresql",
        "azurerm_mysql_",
        "azurerm_postgresql_",
        "azurerm_private_",
        "azurerm_user_assigned_identity.mysql",
    ),
}
HOLDING: dict[str, tuple[str, ...]] = {
    # With the group goes all that is in it.
    "azurerm_managed_disk.": ("azurerm_resource_group.",),
    "azurerm_storage_account.": ("azurerm_resource_group.",),
    "azurerm_mysql_flexible_server.": ("azurerm_resource_group.",),
    "azurerm_postgresql_flexible_server.": ("azurerm_resource_group.",),
    "azurerm_private_endpoint.": ("azurerm_subnet.", "azurerm_virtual_network."),
}


def _objects(values: Mapping[str, Any]) -> float:
    rules = [rule for rule in values.get("rule") or () if rule.get("enabled")]
    actions = [action for rule in rules for action in rule.get("actions") or ()]
    parts = [part for action in actions for kind in action.values() for part in kind or ()]
    found = [days for part in parts for name, days in part.items() if name.startswith("delete_after_days_")]
    return min((days for days in found if days and days > 0), default=inf)


AGEING = {
    "azurerm_storage_management_policy": Ageing(
        name=BUCKET.name,
        things="all objects in it, and their versions,",
        days=_objects,
        of="storage_account_id",
    ),
}
"""What lets things be deleted when they are old. Where it does not, the provider says -1 day."""
