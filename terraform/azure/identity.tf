# What pods may do in Azure, by the names of their service accounts: no long-lived keys.

locals {
  # What Entra wants to read in the tokens of service accounts.
  audience = ["api://AzureADTokenExchange"]
  hub_readers = merge([
    for hub, permission in var.permissions : { for bucket in permission.read : "${hub}/${bucket}" => { hub = hub, bucket = bucket } }
  ]...)
  hub_writers = merge([
    for hub, permission in var.permissions : { for bucket in permission.write : "${hub}/${bucket}" => { hub = hub, bucket = bucket } }
  ]...)
  hub_roles = merge([
    for hub, permission in var.permissions : { for role in permission.roles : "${hub}/${role}" => { hub = hub, role = role } }
  ]...)
}

resource "azurerm_user_assigned_identity" "hub" {
  for_each = var.permissions

  name                = "${var.name}-hub-${each.key}"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = merge(local.tags, { hub = each.key })
}

resource "azurerm_federated_identity_credential" "hub" {
  for_each = var.permissions

  name                      = "${var.name}-${each.value.service_account}"
  user_assigned_identity_id = azurerm_user_assigned_identity.hub[each.key].id
  issuer                    = azurerm_kubernetes_cluster.cluster.oidc_issuer_url
  subject                   = "system:serviceaccount:${each.key}:${each.value.service_account}"
  audience                  = local.audience
}

# Azure's own role for those who write lets them delete the container too.
resource "azurerm_role_definition" "writer" {
  count = length(local.hub_writers) > 0 ? 1 : 0

  name        = "${var.name} uses buckets (${substr(sha256(local.unique), 0, 6)})"
  scope       = azurerm_resource_group.cluster.id
  description = "To read, write and delete what is in a container, and neither to delete nor to change the container."

  permissions {
    actions = ["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
    data_actions = [
      for action in ["add/action", "delete", "move/action", "read", "tags/read", "tags/write", "write"] :
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${action}"
    ]
  }
}

resource "azurerm_role_assignment" "hub_reader" {
  for_each = local.hub_readers

  scope                            = azurerm_storage_container.bucket[each.value.bucket].id
  role_definition_name             = "Storage Blob Data Reader"
  principal_id                     = azurerm_user_assigned_identity.hub[each.value.hub].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_role_assignment" "hub_writer" {
  for_each = local.hub_writers

  scope                            = azurerm_storage_container.bucket[each.value.bucket].id
  role_definition_id               = azurerm_role_definition.writer[0].role_definition_resource_id
  principal_id                     = azurerm_user_assigned_identity.hub[each.value.hub].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_role_assignment" "hub_role" {
  for_each = local.hub_roles

  scope                            = azurerm_resource_group.cluster.id
  role_definition_name             = each.value.role
  principal_id                     = azurerm_user_assigned_identity.hub[each.value.hub].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}
