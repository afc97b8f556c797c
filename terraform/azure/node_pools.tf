# What can't be changed in place is part of a pool's name, as its generation: a changed pool comes as a new one,
# before the old one goes. The pool that AKS wants to be part of the cluster is in cluster.tf.

locals {
  nodes_identity = var.identities.nodes == null ? azurerm_user_assigned_identity.nodes[0] : data.azurerm_user_assigned_identity.nodes[0]
  # Names of pools have 12 small letters and digits at most.
  pool_names = {
    for name, pool in var.node_pools :
    name => "${substr(replace(lower(name), "/[^a-z0-9]/", ""), 0, 6)}${substr(sha256("${name}/${pool.generation}"), 0, 6)}"
  }
  # AKS puts these on spot nodes by itself, and wants them to be said.
  spot_label = { "kubernetes.azure.com/scalesetpriority" = "spot" }
  spot_taint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
}

resource "azurerm_user_assigned_identity" "nodes" {
  count = var.identities.nodes == null ? 1 : 0

  name                = "${var.name}-nodes"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

data "azurerm_user_assigned_identity" "nodes" {
  count = var.identities.nodes == null ? 0 : 1

  name                = split("/", var.identities.nodes)[8]
  resource_group_name = split("/", var.identities.nodes)[4]
}

# To give nodes their identity.
resource "azurerm_role_assignment" "cluster_nodes" {
  count = local.own_cluster

  scope                            = local.nodes_identity.id
  role_definition_name             = "Managed Identity Operator"
  principal_id                     = azurerm_user_assigned_identity.cluster[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_kubernetes_cluster_node_pool" "pool" {
  for_each = { for name, pool in var.node_pools : name => pool if name != var.system_pool }

  name                   = local.pool_names[each.key]
  kubernetes_cluster_id  = azurerm_kubernetes_cluster.cluster.id
  auto_scaling_enabled   = true
  max_count              = each.value.max
  min_count              = each.value.min
  mode                   = each.value.system ? "System" : "User"
  node_public_ip_enabled = !var.network.private_nodes
  orchestrator_version   = lookup(var.node_versions, each.key, var.kubernetes_version)
  os_disk_size_gb        = each.value.disk
  os_sku                 = "Ubuntu"
  tags                   = merge(local.tags, each.value.tags)
  vm_size                = each.value.machine
  vnet_subnet_id         = local.subnet
  zones                  = each.value.zones == null ? local.zone : each.value.zones

  # For what changes with neither machine type nor zones, such as the size of disks.
  temporary_name_for_rotation = "tmp${substr(sha256(each.key), 0, 9)}"

  eviction_policy = each.value.spot ? "Delete" : null
  priority        = each.value.spot ? "Spot" : "Regular"
  spot_max_price  = each.value.spot ? -1 : null

  node_labels = merge(each.value.labels, each.value.spot ? local.spot_label : {})
  node_taints = concat(
    [for taint in each.value.taints : "${taint.key}=${taint.value == null ? "" : taint.value}:${taint.effect}"],
    each.value.spot ? [local.spot_taint] : [],
  )

  dynamic "upgrade_settings" {
    # Spot nodes take no surge.
    for_each = each.value.spot ? [] : ["1"]
    content {
      max_surge                     = upgrade_settings.value
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 0
    }
  }

  lifecycle {
    create_before_destroy = true
    # The autoscaler's.
    ignore_changes = [node_count]
  }
}
