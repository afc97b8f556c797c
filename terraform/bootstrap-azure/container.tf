# The container that keeps the state of clusters: versioned, private, encrypted, over TLS only and without keys that
# could be carried away. Its own state is not kept: it is taken in again when somebody runs this once more.

data "azurerm_client_config" "operator" {}

resource "azurerm_resource_group" "state" {
  name     = var.resource_group
  location = var.location

  # A cluster elsewhere in the subscription finds all this where the first one made it.
  lifecycle {
    ignore_changes = [location]
  }
}

resource "azurerm_storage_account" "state" {
  name                             = var.storage_account
  location                         = azurerm_resource_group.state.location
  resource_group_name              = azurerm_resource_group.state.name
  account_kind                     = "StorageV2"
  account_tier                     = "Standard"
  account_replication_type         = "LRS"
  min_tls_version                  = "TLS1_2"
  https_traffic_only_enabled       = true
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  shared_access_key_enabled        = false

  blob_properties {
    versioning_enabled = true

    container_delete_retention_policy {
      days = 30
    }

    delete_retention_policy {
      days = 30
    }
  }

  lifecycle {
    ignore_changes = [account_replication_type, location]
  }
}

resource "azurerm_storage_container" "state" {
  name                  = var.container
  storage_account_id    = azurerm_storage_account.state.id
  container_access_type = "private"
}

# Who runs this may read and write states; others are let in the same way.
resource "azurerm_role_assignment" "operator" {
  name                 = uuidv5("url", "${azurerm_storage_account.state.id}/${data.azurerm_client_config.operator.object_id}")
  scope                = azurerm_storage_account.state.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = data.azurerm_client_config.operator.object_id
}
