"""Types of resources of Azure: what is protected, and what stays with data that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.ageing import Ageing, Rule, backups_kept, scope
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
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def _objects(values: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules for each type of blobs. The provider says -1 day where nothing is deleted."""
    for rule in values.get("rule") or ():
        filters = [dict(each) for each in rule.get("filters") or ()]
        types = {kind for each in filters for kind in each.pop("blob_types", None) or ()}
        parts = [
            (name, attribute, days)
            for action in rule.get("actions") or ()
            for name, blocks in action.items()
            for block in blocks or ()
            for attribute, days in block.items()
            if attribute.startswith("delete_after_days_") and days is not None and days >= 0
        ]
        if rule.get("enabled"):
            for name, attribute, days in parts:
                for kind in sorted(types):
                    yield Rule(kind=f"{name} {attribute} {kind}", scope=scope(filters), days=days)


_BACKUPS = backups_kept("backup_retention_days")
AGEING = {
    "azurerm_mysql_flexible_server": _BACKUPS,
    "azurerm_postgresql_flexible_server": _BACKUPS,
    "azurerm_storage_management_policy": Ageing(
        name=BUCKET.name,
        things="objects in it, and versions of them,",
        rules=_objects,
        block="rule",
        of="storage_account_id",
    ),
}
"""What lets things be deleted when they are old."""
