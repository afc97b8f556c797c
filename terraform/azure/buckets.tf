# Buckets: a container each, in a storage account of its own, since versions, public access and deletion protection
# are those of an account. They are encrypted, and closed to the public unless one says otherwise. There are no keys.

locals {
  bucket_accounts = {
    for name, _ in var.buckets :
    name => "${substr(local.plain_name, 0, 8)}${substr(replace(name, "-", ""), 0, 10)}${substr(sha256("${local.unique}/buckets/${name}"), 0, 6)}"
  }
  bucket_readers = merge([
    for name, bucket in var.buckets : { for reader in bucket.readers : "${name}/${reader}" => { bucket = name, principal = reader } }
  ]...)
  # Where a region has zones, objects are in three of them.
  replication = length(var.zones) > 0 ? "ZRS" : "LRS"
}

resource "azurerm_storage_account" "bucket" {
  for_each = var.buckets

  name                             = local.bucket_accounts[each.key]
  location                         = var.location
  resource_group_name              = azurerm_resource_group.cluster.name
  account_kind                     = "StorageV2"
  account_tier                     = "Standard"
  account_replication_type         = local.replication
  min_tls_version                  = "TLS1_2"
  https_traffic_only_enabled       = true
  allow_nested_items_to_be_public  = each.value.public_read
  cross_tenant_replication_enabled = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  shared_access_key_enabled        = false
  tags                             = merge(local.tags, { bucket = each.key })

  blob_properties {
    versioning_enabled = each.value.versioning

    container_delete_retention_policy {
      days = 7
    }

    # What is to vanish after some days is not to be paid for another week.
    dynamic "delete_retention_policy" {
      for_each = each.value.delete_after_days == null ? [7] : []
      content {
        days = delete_retention_policy.value
      }
    }
  }
}

resource "azurerm_storage_container" "bucket" {
  for_each = var.buckets

  name                  = each.key
  storage_account_id    = azurerm_storage_account.bucket[each.key].id
  container_access_type = each.value.public_read ? "container" : "private"
}

resource "azurerm_management_lock" "bucket" {
  for_each = { for name, _ in var.buckets : name => name if local.locked["azurerm_storage_account.bucket[\"${name}\"]"] }

  name       = "${var.name}-${each.key}"
  scope      = azurerm_storage_account.bucket[each.key].id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_role_assignment.hub_reader,
    azurerm_role_assignment.hub_writer,
    azurerm_role_assignment.reader,
    azurerm_storage_container.bucket,
    azurerm_storage_management_policy.bucket,
  ]
}

resource "azurerm_storage_management_policy" "bucket" {
  for_each = {
    for name, bucket in var.buckets : name => bucket
    if bucket.delete_after_days != null || bucket.archive_after_days != null
  }

  storage_account_id = azurerm_storage_account.bucket[each.key].id

  rule {
    name    = "lifecycle"
    enabled = true

    filters {
      blob_types = each.value.archive_after_days == null ? ["appendBlob", "blockBlob"] : ["blockBlob"]
    }

    actions {
      base_blob {
        delete_after_days_since_modification_greater_than       = each.value.delete_after_days
        tier_to_cold_after_days_since_modification_greater_than = each.value.archive_after_days
      }

      snapshot {
        delete_after_days_since_creation_greater_than       = each.value.delete_after_days
        tier_to_cold_after_days_since_creation_greater_than = each.value.archive_after_days
      }

      version {
        delete_after_days_since_creation                    = each.value.delete_after_days
        tier_to_cold_after_days_since_creation_greater_than = each.value.archive_after_days
      }
    }
  }
}

resource "azurerm_role_assignment" "reader" {
  for_each = local.bucket_readers

  scope                = azurerm_storage_container.bucket[each.value.bucket].id
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = each.value.principal
}
