# Logs of the control plane, where they can be searched and where they are kept; costs; and a look from outside.

locals {
  log_categories = [
    "cloud-controller-manager", "cluster-autoscaler", "guard", "kube-apiserver", "kube-audit-admin",
    "kube-controller-manager", "kube-scheduler",
  ]
  exports_logs = var.logs.export_days != null
  # Buckets of our own beside those of hubs, whose names can't be theirs.
  exports = merge(
    local.exports_logs || var.network.flow_logs ? { logs = coalesce(var.logs.export_days, var.logs.keep_days) } : {},
    var.cost_export ? { costs = null } : {},
  )
  checks = var.uptime == null ? {} : var.uptime.checks
  uptime = length(local.checks) > 0 ? 1 : 0
}

resource "azurerm_log_analytics_workspace" "cluster" {
  name                         = "${var.name}-logs"
  location                     = var.location
  resource_group_name          = azurerm_resource_group.cluster.name
  sku                          = "PerGB2018"
  retention_in_days            = var.logs.keep_days
  local_authentication_enabled = false
  tags                         = local.tags
}

resource "azurerm_monitor_diagnostic_setting" "cluster" {
  name                           = var.name
  target_resource_id             = azurerm_kubernetes_cluster.cluster.id
  log_analytics_workspace_id     = azurerm_log_analytics_workspace.cluster.id
  log_analytics_destination_type = "Dedicated"
  storage_account_id             = local.exports_logs ? azurerm_storage_account.export["logs"].id : null

  dynamic "enabled_log" {
    for_each = toset(local.log_categories)
    content {
      category = enabled_log.value
    }
  }
}

resource "azurerm_storage_account" "export" {
  for_each = local.exports

  name                             = "${substr(local.plain_name, 0, 8)}${each.key}${substr(sha256("${local.unique}/exports/${each.key}"), 0, 6)}"
  location                         = var.location
  resource_group_name              = azurerm_resource_group.cluster.name
  account_kind                     = "StorageV2"
  account_tier                     = "Standard"
  account_replication_type         = local.replication
  min_tls_version                  = "TLS1_2"
  https_traffic_only_enabled       = true
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  # Network Watcher knows no other way to write.
  shared_access_key_enabled = each.key == "logs" && var.network.flow_logs
  tags                      = merge(local.tags, { bucket = each.key })
}

resource "azurerm_storage_management_policy" "export" {
  for_each = { for name, days in local.exports : name => days if days != null }

  storage_account_id = azurerm_storage_account.export[each.key].id

  rule {
    name    = "lifecycle"
    enabled = true

    filters {
      blob_types = ["appendBlob", "blockBlob"]
    }

    actions {
      base_blob {
        delete_after_days_since_modification_greater_than = each.value
      }
    }
  }
}

# Azure has one Network Watcher in each region of a subscription, and makes it by itself with the first network.
resource "azurerm_network_watcher_flow_log" "cluster" {
  count = var.network.flow_logs ? 1 : 0

  name                 = var.name
  network_watcher_name = "NetworkWatcher_${var.location}"
  resource_group_name  = "NetworkWatcherRG"
  location             = var.location
  target_resource_id   = local.network_id
  storage_account_id   = azurerm_storage_account.export["logs"].id
  enabled              = true
  version              = 2
  tags                 = local.tags

  # The account's own policy says how long.
  retention_policy {
    enabled = false
    days    = 0
  }
}

resource "azurerm_storage_container" "costs" {
  count = var.cost_export ? 1 : 0

  name                  = "costs"
  storage_account_id    = azurerm_storage_account.export["costs"].id
  container_access_type = "private"
}

# Nodes, their disks and load balancers are in a group of AKS's own.
resource "azurerm_resource_group_cost_management_export" "costs" {
  for_each = var.cost_export ? {
    cluster = azurerm_resource_group.cluster.id
    nodes   = azurerm_kubernetes_cluster.cluster.node_resource_group_id
  } : {}

  name                         = "${var.name}-${each.key}"
  resource_group_id            = each.value
  recurrence_type              = "Daily"
  recurrence_period_start_date = formatdate("YYYY-MM-DD'T'00:00:00'Z'", timeadd(plantimestamp(), "24h"))
  recurrence_period_end_date   = "2099-12-31T00:00:00Z"

  export_data_options {
    type       = "AmortizedCost"
    time_frame = "MonthToDate"
  }

  export_data_storage_location {
    container_id     = azurerm_storage_container.costs[0].id
    root_folder_path = "/${each.key}"
  }

  lifecycle {
    ignore_changes = [recurrence_period_start_date]
  }
}

resource "azurerm_application_insights" "uptime" {
  count = local.uptime

  name                = "${var.name}-uptime"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  application_type    = "other"
  workspace_id        = azurerm_log_analytics_workspace.cluster.id
  tags                = local.tags
}

# From each of five places every five minutes: about once a minute.
resource "azurerm_application_insights_standard_web_test" "hub" {
  for_each = local.checks

  name                    = "${var.name}-${each.key}"
  location                = var.location
  resource_group_name     = azurerm_resource_group.cluster.name
  application_insights_id = azurerm_application_insights.uptime[0].id
  description             = "${each.key} answers"
  enabled                 = true
  frequency               = 300
  retry_enabled           = true
  timeout                 = 30
  geo_locations           = ["apac-sg-sin-azr", "emea-nl-ams-azr", "latam-br-gru-edge", "us-ca-sjc-azr", "us-va-ash-azr"]
  tags                    = local.tags

  request {
    url                              = each.value.url
    follow_redirects_enabled         = false
    parse_dependent_requests_enabled = false
  }

  validation_rules {
    expected_status_code        = each.value.status
    ssl_check_enabled           = true
    ssl_cert_remaining_lifetime = 7
  }
}

resource "azurerm_monitor_action_group" "uptime" {
  count = local.uptime

  name                = "${var.name}-uptime"
  resource_group_name = azurerm_resource_group.cluster.name
  short_name          = substr(local.plain_name, 0, 12)
  tags                = local.tags

  dynamic "email_receiver" {
    for_each = toset(var.uptime.alert_emails)
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "hub" {
  for_each = local.checks

  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.cluster.name
  description         = "${each.key} (${each.value.host}) does not answer"
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"
  scopes = [
    azurerm_application_insights.uptime[0].id, azurerm_application_insights_standard_web_test.hub[each.key].id,
  ]
  tags = local.tags

  # From most of the five places: one alone is more likely to have a trouble of its own.
  application_insights_web_test_location_availability_criteria {
    component_id          = azurerm_application_insights.uptime[0].id
    failed_location_count = 3
    web_test_id           = azurerm_application_insights_standard_web_test.hub[each.key].id
  }

  action {
    action_group_id = azurerm_monitor_action_group.uptime[0].id
  }
}
