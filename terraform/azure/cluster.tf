# The resource group with all that is here, and the control plane.

locals {
  tags = merge(var.tags, { "deployer-cluster" = var.name })
  # Names that are unique in all of Azure are made of these: letters and digits, and what nobody else has.
  plain_name = replace(lower(var.name), "/[^a-z0-9]/", "")
  unique     = "${var.subscription}/${var.resource_group}/${var.name}"

  own_key     = var.secrets_key == null ? 1 : 0
  own_cluster = var.identities.cluster == null ? 1 : 0
  cluster_identity = (
    local.own_cluster == 1 ? azurerm_user_assigned_identity.cluster[0].id : var.identities.cluster
  )

  is_private  = length(var.network.allowed_ranges) == 0
  is_extended = var.support == "extended"
  # AKS has no word for everybody but silence. Nodes come from an address that has to be on the list too.
  authorized = contains(var.network.allowed_ranges, "0.0.0.0/0") || local.is_private ? [] : concat(
    var.network.allowed_ranges, [for address in azurerm_public_ip.nat : "${address.ip_address}/32"],
  )
  core = var.node_pools[var.system_pool]
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "cluster" {
  name     = var.resource_group
  location = var.location
  tags     = local.tags
}

resource "azurerm_user_assigned_identity" "cluster" {
  count = local.own_cluster

  name                = "${var.name}-cluster"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

# To attach nodes and load balancers to it.
resource "azurerm_role_assignment" "cluster_network" {
  count = local.own_cluster

  scope                            = local.subnet
  role_definition_name             = "Network Contributor"
  principal_id                     = azurerm_user_assigned_identity.cluster[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_kubernetes_cluster" "cluster" {
  name                = var.cluster_name
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  node_resource_group = "${var.resource_group}-${var.name}-nodes"
  kubernetes_version  = var.kubernetes_version
  dns_prefix          = var.name
  tags                = local.tags

  sku_tier     = local.is_extended ? "Premium" : "Standard"
  support_plan = local.is_extended ? "AKSLongTermSupport" : "KubernetesOfficial"

  # Fixes come by themselves, within the minor version.
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"

  cost_analysis_enabled        = true
  image_cleaner_enabled        = true
  image_cleaner_interval_hours = 168
  oidc_issuer_enabled          = true
  workload_identity_enabled    = true

  # Who may do what is for Entra to say, and nobody has a certificate that can't be taken back.
  local_account_disabled = true
  run_command_enabled    = false

  private_cluster_enabled             = local.is_private
  private_cluster_public_fqdn_enabled = false
  private_dns_zone_id                 = local.is_private ? "System" : null

  dynamic "api_server_access_profile" {
    for_each = length(local.authorized) > 0 ? [local.authorized] : []
    content {
      authorized_ip_ranges = api_server_access_profile.value
    }
  }

  auto_scaler_profile {
    expander                      = "least-waste"
    skip_nodes_with_local_storage = false
    skip_nodes_with_system_pods   = true
  }

  azure_active_directory_role_based_access_control {
    admin_group_object_ids = var.admins
    azure_rbac_enabled     = true
    tenant_id              = data.azurerm_client_config.current.tenant_id
  }

  # The first of the core pools: AKS wants one to be part of the cluster. A change of its machine type is made by
  # way of a pool with a temporary name, without a new cluster.
  default_node_pool {
    name                        = "core"
    temporary_name_for_rotation = "coretmp"
    auto_scaling_enabled        = true
    max_count                   = local.core.max
    min_count                   = local.core.min
    node_labels                 = local.core.labels
    node_public_ip_enabled      = !var.network.private_nodes
    orchestrator_version        = lookup(var.node_versions, var.system_pool, var.kubernetes_version)
    os_disk_size_gb             = local.core.disk
    os_sku                      = "Ubuntu"
    tags                        = merge(local.tags, local.core.tags)
    vm_size                     = local.core.machine
    vnet_subnet_id              = local.subnet
    zones                       = local.core.zones == null ? local.zone : local.core.zones

    upgrade_settings {
      max_surge                     = "1"
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 0
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [local.cluster_identity]
  }

  kubelet_identity {
    client_id                 = local.nodes_identity.client_id
    object_id                 = local.nodes_identity.principal_id
    user_assigned_identity_id = local.nodes_identity.id
  }

  key_management_service {
    key_vault_key_id         = local.own_key == 1 ? azurerm_key_vault_key.secrets[0].id : var.secrets_key
    key_vault_network_access = "Public"
  }

  # AKS itself may be worked on on all days that are said, and upgrades have one a week.
  maintenance_window {
    dynamic "allowed" {
      for_each = toset(var.maintenance.days)
      content {
        day   = title(allowed.value)
        hours = local.maintenance_hours
      }
    }
    dynamic "not_allowed" {
      for_each = var.freezes
      content {
        start = not_allowed.value.start
        end   = not_allowed.value.end
      }
    }
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = title(var.maintenance.days[0])
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
    dynamic "not_allowed" {
      for_each = local.frozen_days
      content {
        start = not_allowed.value.start
        end   = not_allowed.value.end
      }
    }
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = title(var.maintenance.days[0])
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
    dynamic "not_allowed" {
      for_each = local.frozen_days
      content {
        start = not_allowed.value.start
        end   = not_allowed.value.end
      }
    }
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    load_balancer_sku   = "standard"
    outbound_type       = local.nat == 1 ? "userAssignedNATGateway" : "loadBalancer"
    pod_cidr            = local.ranges.pods
    service_cidr        = local.ranges.services
    dns_service_ip      = cidrhost(local.ranges.services, 10)
  }

  node_provisioning_profile {
    # Pools are made by us, and none by AKS.
    mode = "Manual"
  }

  storage_profile {
    disk_driver_enabled         = true
    file_driver_enabled         = true
    snapshot_controller_enabled = true
  }

  lifecycle {
    # The autoscaler's.
    ignore_changes = [default_node_pool[0].node_count]
  }

  depends_on = [
    azurerm_role_assignment.cluster_key,
    azurerm_role_assignment.cluster_network,
    azurerm_role_assignment.cluster_nodes,
    azurerm_subnet_nat_gateway_association.nodes,
    azurerm_nat_gateway_public_ip_association.nat,
  ]
}

locals {
  start_hour = tonumber(split(":", var.maintenance.start)[0])
  maintenance_hours = [
    for hour in range(local.start_hour, local.start_hour + var.maintenance.hours) : hour if hour < 24
  ]
  # Upgrades know whole days only, of which the last one counts too. With other times, plans would never be empty.
  frozen_days = toset([
    for each in values(var.freezes) : {
      start = formatdate("YYYY-MM-DD'T00:00:00Z'", each.start)
      end   = formatdate("YYYY-MM-DD'T00:00:00Z'", timeadd(each.end, "-1s"))
    }
  ])
}

# Its address goes with what the pool of the cluster is made of: while AKS makes another pool in its place, nothing
# may keep the old one from going, and the lock on a cluster lies on its pools too. It comes back at the end.
resource "azurerm_management_lock" "cluster" {
  for_each = local.locked["azurerm_kubernetes_cluster.cluster"] ? toset(["${local.core.generation}-${local.core.disk}"]) : []

  name       = "${var.name}-cluster-${each.key}"
  scope      = azurerm_kubernetes_cluster.cluster.id
  lock_level = "CanNotDelete"
  notes      = local.lock_notes

  depends_on = [
    azurerm_kubernetes_cluster_node_pool.pool,
    azurerm_monitor_diagnostic_setting.cluster,
    azurerm_role_assignment.admin,
    azurerm_role_assignment.builder,
    azurerm_role_assignment.ci,
  ]
}
