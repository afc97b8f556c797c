# Who may use Kubernetes: whoever builds the cluster, and its administrators.

locals {
  # To use Kubernetes, and to be asked for by `az aks get-credentials`.
  admin_roles = merge([
    for role in ["Azure Kubernetes Service Cluster User Role", "Azure Kubernetes Service RBAC Cluster Admin"] : {
      for admin in var.admins : "${admin}/${role}" => { admin = admin, role = role }
    }
  ]...)
}

# Whoever owns a subscription may still not use a cluster in it.
resource "azurerm_role_assignment" "builder" {
  scope                = azurerm_kubernetes_cluster.cluster.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = data.azurerm_client_config.current.object_id

  lifecycle {
    ignore_changes = [principal_id]
  }
}

resource "azurerm_role_assignment" "admin" {
  for_each = local.admin_roles

  scope                = azurerm_kubernetes_cluster.cluster.id
  role_definition_name = each.value.role
  principal_id         = each.value.admin
}
