# The key for the secrets of Kubernetes, in a vault of its own, and who may use it.

resource "azurerm_key_vault" "secrets" {
  count = local.own_key

  name                          = "${substr(local.plain_name, 0, 18)}${substr(sha256(local.unique), 0, 6)}"
  location                      = var.location
  resource_group_name           = azurerm_resource_group.cluster.name
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = true # by which the control plane comes, with its identity
  tags                          = local.tags
}

# Whoever owns a subscription may still not make keys.
resource "azurerm_role_assignment" "builder_keys" {
  count = local.own_key

  scope                = azurerm_key_vault.secrets[0].id
  role_definition_name = "Key Vault Crypto Officer"
  principal_id         = data.azurerm_client_config.current.object_id

  lifecycle {
    # Administrators take turns: theirs are below.
    ignore_changes = [principal_id]
  }
}

resource "azurerm_role_assignment" "admin_keys" {
  for_each = toset(local.own_key == 1 ? var.admins : [])

  scope                = azurerm_key_vault.secrets[0].id
  role_definition_name = "Key Vault Crypto Officer"
  principal_id         = each.value
}

resource "azurerm_key_vault_key" "secrets" {
  count = local.own_key

  name         = "secrets"
  key_vault_id = azurerm_key_vault.secrets[0].id
  key_type     = "RSA"
  key_size     = 2048
  key_opts     = ["decrypt", "encrypt"]
  tags         = local.tags

  depends_on = [azurerm_role_assignment.admin_keys, azurerm_role_assignment.builder_keys]
}

resource "azurerm_role_assignment" "cluster_key" {
  count = local.own_key * local.own_cluster

  scope                            = azurerm_key_vault_key.secrets[0].resource_versionless_id
  role_definition_name             = "Key Vault Crypto User"
  principal_id                     = azurerm_user_assigned_identity.cluster[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}
