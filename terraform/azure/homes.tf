# Homes: a disk for the cluster's own NFS server, with daily snapshots by a backup vault, or a share of Azure Files.

locals {
  disks     = { for name, storage in var.home_storage : name => storage if storage.kind == "disk" }
  shares    = { for name, storage in var.home_storage : name => storage if storage.kind == "share" }
  snapshots = { for name, disk in local.disks : name => disk.snapshots if disk.snapshots != null }
  vault     = length(local.snapshots) > 0 ? 1 : 0
  share_accounts = {
    for name, _ in local.shares :
    name => "${substr(local.plain_name, 0, 8)}${substr(replace(name, "-", ""), 0, 10)}${substr(sha256("${local.unique}/homes/${name}"), 0, 6)}"
  }
}

resource "azurerm_managed_disk" "homes" {
  for_each = local.disks

  name                          = "${var.name}-${each.key}"
  location                      = var.location
  resource_group_name           = azurerm_resource_group.cluster.name
  create_option                 = "Empty"
  disk_size_gb                  = each.value.size
  storage_account_type          = "Premium_LRS"
  zone                          = each.value.zone == null ? one(local.zone) : each.value.zone
  network_access_policy         = "DenyAll"
  public_network_access_enabled = false
  tags                          = local.tags
}

resource "azurerm_management_lock" "disk" {
  for_each = { for name, _ in local.disks : name => name if local.locked["azurerm_managed_disk.homes[\"${name}\"]"] }

  name       = "${var.name}-${each.key}"
  scope      = azurerm_managed_disk.homes[each.key].id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_data_protection_backup_instance_disk.homes,
    azurerm_role_assignment.backup_disk,
    azurerm_role_assignment.disk,
  ]
}

# The cluster attaches disks that it did not make only where it may. It may not delete them.
resource "azurerm_role_definition" "disk" {
  count = length(local.disks) > 0 ? local.own_cluster : 0

  name        = "${var.name} attaches disks with homes (${substr(sha256(local.unique), 0, 6)})"
  scope       = azurerm_resource_group.cluster.id
  description = "To attach a disk and to make it larger, and not to delete it."

  permissions {
    actions = ["Microsoft.Compute/disks/read", "Microsoft.Compute/disks/write"]
  }
}

resource "azurerm_role_assignment" "disk" {
  for_each = local.own_cluster == 1 ? local.disks : {}

  scope                            = azurerm_managed_disk.homes[each.key].id
  role_definition_id               = azurerm_role_definition.disk[0].role_definition_resource_id
  principal_id                     = azurerm_user_assigned_identity.cluster[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_data_protection_backup_vault" "homes" {
  count = local.vault

  name                       = "${var.name}-homes"
  location                   = var.location
  resource_group_name        = azurerm_resource_group.cluster.name
  datastore_type             = "OperationalStore" # snapshots of disks stay beside them
  redundancy                 = "LocallyRedundant"
  soft_delete                = "On"
  retention_duration_in_days = 14
  tags                       = local.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_data_protection_backup_policy_disk" "homes" {
  for_each = local.snapshots

  name                            = "${each.key}-${each.value.keep}"
  vault_id                        = azurerm_data_protection_backup_vault.homes[0].id
  backup_repeating_time_intervals = ["R/2026-01-01T03:00:00+00:00/P1D"]
  default_retention_duration      = "P${each.value.keep}D"

  # A policy can't be changed, so the disk gets another one first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "azurerm_role_assignment" "backup_disk" {
  for_each = local.snapshots

  scope                            = azurerm_managed_disk.homes[each.key].id
  role_definition_name             = "Disk Backup Reader"
  principal_id                     = azurerm_data_protection_backup_vault.homes[0].identity[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_role_assignment" "backup_snapshots" {
  count = local.vault

  scope                            = azurerm_resource_group.cluster.id
  role_definition_name             = "Disk Snapshot Contributor"
  principal_id                     = azurerm_data_protection_backup_vault.homes[0].identity[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_data_protection_backup_instance_disk" "homes" {
  for_each = local.snapshots

  name                         = "${var.name}-${each.key}"
  location                     = var.location
  vault_id                     = azurerm_data_protection_backup_vault.homes[0].id
  disk_id                      = azurerm_managed_disk.homes[each.key].id
  snapshot_resource_group_name = azurerm_resource_group.cluster.name
  backup_policy_id             = azurerm_data_protection_backup_policy_disk.homes[each.key].id

  depends_on = [azurerm_role_assignment.backup_disk, azurerm_role_assignment.backup_snapshots]
}

resource "azurerm_storage_account" "homes" {
  for_each = local.shares

  name                     = local.share_accounts[each.key]
  location                 = var.location
  resource_group_name      = azurerm_resource_group.cluster.name
  account_kind             = "FileStorage"
  account_tier             = "Premium"
  account_replication_type = "LRS"
  min_tls_version          = "TLS1_2"
  # NFS has no TLS of its own: it is the network that keeps others out.
  https_traffic_only_enabled      = false
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false
  local_user_enabled              = false
  tags                            = local.tags

  network_rules {
    default_action             = "Deny"
    bypass                     = ["None"]
    virtual_network_subnet_ids = [local.subnet]
  }

  share_properties {
    retention_policy {
      days = 14
    }
  }
}

resource "azurerm_management_lock" "share" {
  for_each = { for name, _ in local.shares : name => name if local.locked["azurerm_storage_account.homes[\"${name}\"]"] }

  name       = "${var.name}-${each.key}"
  scope      = azurerm_storage_account.homes[each.key].id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_storage_share.homes,
  ]
}

resource "azurerm_storage_share" "homes" {
  for_each = local.shares

  name               = "homes"
  storage_account_id = azurerm_storage_account.homes[each.key].id
  enabled_protocol   = "NFS"
  access_tier        = "Premium"
  quota              = each.value.size
}
