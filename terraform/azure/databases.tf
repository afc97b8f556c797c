# Managed databases with addresses in the cluster's network only. Who may sign in is for Entra to say: there are no
# passwords, and none in the state.

locals {
  postgresql = { for name, database in var.databases : name => database if database.engine == "postgresql" }
  mysql      = { for name, database in var.databases : name => database if database.engine == "mysql" }
  engines    = toset([for database in var.databases : database.engine])
  # What Azure calls the private addresses of each, and what is to be reached there.
  private_zones = {
    mysql      = "privatelink.mysql.database.azure.com"
    postgresql = "privatelink.postgres.database.azure.com"
  }
  private_servers = merge(
    { for name, server in azurerm_postgresql_flexible_server.database : name => { id = server.id, kind = "postgresqlServer" } },
    { for name, server in azurerm_mysql_flexible_server.database : name => { id = server.id, kind = "mysqlServer" } },
  )
  database_names = {
    for name, _ in var.databases : name => "${var.name}-${name}-${substr(sha256("${local.unique}/databases/${name}"), 0, 6)}"
  }
  database_users = merge([
    for hub, permission in var.permissions : { for database in permission.databases : "${hub}/${database}" => { hub = hub, database = database } }
  ]...)
}

resource "azurerm_private_dns_zone" "database" {
  for_each = local.engines

  name                = local.private_zones[each.key]
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "database" {
  for_each = local.engines

  name                = var.name
  private_dns_zone_id = azurerm_private_dns_zone.database[each.key].id
  virtual_network_id  = local.network_id
  tags                = local.tags
}

resource "azurerm_private_endpoint" "database" {
  for_each = var.databases

  name                = "${var.name}-${each.key}"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  subnet_id           = local.subnet
  tags                = local.tags

  private_dns_zone_group {
    name                 = each.value.engine
    private_dns_zone_ids = [azurerm_private_dns_zone.database[each.value.engine].id]
  }

  private_service_connection {
    name                           = "${var.name}-${each.key}"
    is_manual_connection           = false
    private_connection_resource_id = local.private_servers[each.key].id
    subresource_names              = [local.private_servers[each.key].kind]
  }
}

resource "azurerm_postgresql_flexible_server" "database" {
  for_each = local.postgresql

  name                          = local.database_names[each.key]
  location                      = var.location
  resource_group_name           = azurerm_resource_group.cluster.name
  version                       = each.value.version
  sku_name                      = each.value.machine
  storage_mb                    = each.value.size * 1024
  backup_retention_days         = each.value.keep_backups
  public_network_access_enabled = false
  tags                          = local.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = data.azurerm_client_config.current.tenant_id
  }

  dynamic "high_availability" {
    for_each = each.value.high_availability ? ["ZoneRedundant"] : []
    content {
      mode = high_availability.value
    }
  }

  lifecycle {
    # Azure chooses them, and changes them when one zone takes over from another.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_management_lock" "postgresql" {
  for_each = { for name, _ in local.postgresql : name => name if local.locked["azurerm_postgresql_flexible_server.database[\"${name}\"]"] }

  name       = "${var.name}-${each.key}"
  scope      = azurerm_postgresql_flexible_server.database[each.key].id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_postgresql_flexible_server_active_directory_administrator.hub,
    azurerm_private_endpoint.database,
  ]
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "hub" {
  for_each = { for key, user in local.database_users : key => user if contains(keys(local.postgresql), user.database) }

  server_name         = azurerm_postgresql_flexible_server.database[each.value.database].name
  resource_group_name = azurerm_resource_group.cluster.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  object_id           = azurerm_user_assigned_identity.hub[each.value.hub].principal_id
  principal_name      = azurerm_user_assigned_identity.hub[each.value.hub].name
  principal_type      = "ServicePrincipal"
}

# By it the server asks Entra who somebody is. What it has to be allowed there is no role of Azure.
resource "azurerm_user_assigned_identity" "mysql" {
  count = length(local.mysql) > 0 ? 1 : 0

  name                = "${var.name}-mysql"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

resource "azurerm_mysql_flexible_server" "database" {
  for_each = local.mysql

  name                  = local.database_names[each.key]
  location              = var.location
  resource_group_name   = azurerm_resource_group.cluster.name
  version               = each.value.version
  sku_name              = each.value.machine
  backup_retention_days = each.value.keep_backups
  public_network_access = "Disabled"
  tags                  = local.tags

  # MySQL wants a password to be made with. It is made up, written nowhere, and good for nothing: see below.
  administrator_login               = "unused"
  administrator_password_wo         = "U${uuid()}"
  administrator_password_wo_version = 1

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.mysql[0].id]
  }

  storage {
    size_gb           = each.value.size
    auto_grow_enabled = each.value.high_availability # which Azure wants then
  }

  dynamic "high_availability" {
    for_each = each.value.high_availability ? ["ZoneRedundant"] : []
    content {
      mode = high_availability.value
    }
  }

  lifecycle {
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_management_lock" "mysql" {
  for_each = { for name, _ in local.mysql : name => name if local.locked["azurerm_mysql_flexible_server.database[\"${name}\"]"] }

  name       = "${var.name}-${each.key}"
  scope      = azurerm_mysql_flexible_server.database[each.key].id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_mysql_flexible_server_active_directory_administrator.hub,
    azurerm_mysql_flexible_server_configuration.entra_only,
    azurerm_mysql_flexible_server_configuration.tls_only,
    azurerm_private_endpoint.database,
  ]
}

# A server of MySQL has one who signs in by Entra and lets others in.
resource "azurerm_mysql_flexible_server_active_directory_administrator" "hub" {
  for_each = { for key, user in local.database_users : user.database => user if contains(keys(local.mysql), user.database) }

  server_id   = azurerm_mysql_flexible_server.database[each.key].id
  identity_id = azurerm_user_assigned_identity.mysql[0].id
  login       = azurerm_user_assigned_identity.hub[each.value.hub].name
  object_id   = azurerm_user_assigned_identity.hub[each.value.hub].client_id
  tenant_id   = data.azurerm_client_config.current.tenant_id

  depends_on = [azurerm_mysql_flexible_server_configuration.tls_only]
}

# One after the other: a server that is changed takes no other change.
resource "azurerm_mysql_flexible_server_configuration" "entra_only" {
  for_each = azurerm_mysql_flexible_server_active_directory_administrator.hub

  name                = "aad_auth_only"
  resource_group_name = azurerm_resource_group.cluster.name
  server_name         = azurerm_mysql_flexible_server.database[each.key].name
  value               = "ON"
}

resource "azurerm_mysql_flexible_server_configuration" "tls_only" {
  for_each = local.mysql

  name                = "require_secure_transport"
  resource_group_name = azurerm_resource_group.cluster.name
  server_name         = azurerm_mysql_flexible_server.database[each.key].name
  value               = "ON"
}
