# CI deploys hubs with an identity that somebody else vouches for, and without any key.

locals {
  ci = var.ci == null ? 0 : 1
  # To get a kubeconfig, and to administer Kubernetes with it.
  ci_roles = toset(local.ci == 0 ? [] : [
    "Azure Kubernetes Service Cluster User Role", "Azure Kubernetes Service RBAC Cluster Admin",
  ])
}

resource "azurerm_user_assigned_identity" "ci" {
  count = local.ci

  name                = "${var.name}-ci"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "ci" {
  for_each = { for subject in try(var.ci.subjects, []) : substr(sha256(subject), 0, 12) => subject }

  name                      = "ci-${each.key}"
  user_assigned_identity_id = azurerm_user_assigned_identity.ci[0].id
  issuer                    = var.ci.issuer
  subject                   = each.value
  audience                  = local.audience
}

resource "azurerm_role_assignment" "ci" {
  for_each = local.ci_roles

  scope                            = azurerm_kubernetes_cluster.cluster.id
  role_definition_name             = each.key
  principal_id                     = azurerm_user_assigned_identity.ci[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}
