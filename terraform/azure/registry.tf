# Registries of container images that nodes may pull from.

locals {
  registry_names = {
    for name, _ in var.registries :
    name => "${substr(local.plain_name, 0, 24)}${substr(replace(name, "-", ""), 0, 20)}${substr(sha256("${local.unique}/registries/${name}"), 0, 6)}"
  }
  pushers = merge([
    for hub, permission in var.permissions : { for registry in permission.push : "${hub}/${registry}" => { hub = hub, registry = registry } }
  ]...)
}

resource "azurerm_container_registry" "registry" {
  for_each = var.registries

  name                                         = local.registry_names[each.key]
  location                                     = var.location
  resource_group_name                          = azurerm_resource_group.cluster.name
  sku                                          = "Standard"
  admin_enabled                                = false
  anonymous_pull_enabled                       = false
  azuread_authentication_as_arm_policy_enabled = true
  tags                                         = local.tags
}

resource "azurerm_role_assignment" "pull" {
  for_each = var.registries

  scope                            = azurerm_container_registry.registry[each.key].id
  role_definition_name             = "AcrPull"
  principal_id                     = local.nodes_identity.principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

resource "azurerm_role_assignment" "push" {
  for_each = local.pushers

  scope                            = azurerm_container_registry.registry[each.value.registry].id
  role_definition_name             = "AcrPush"
  principal_id                     = azurerm_user_assigned_identity.hub[each.value.hub].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}

# A registry of this price deletes nothing by itself. A task in it does, each night.
resource "azurerm_container_registry_task" "delete" {
  for_each = { for name, registry in var.registries : name => registry if registry.delete_after_days != null }

  name                  = "delete"
  container_registry_id = azurerm_container_registry.registry[each.key].id
  tags                  = local.tags

  platform {
    os = "Linux"
  }

  encoded_step {
    task_content = base64encode(yamlencode({
      version = "v1.1.0"
      steps = [{
        cmd     = "acr purge --filter '.*:.*' --ago ${each.value.delete_after_days}d --keep ${each.value.keep_images} --untagged"
        timeout = 3600
      }]
    }))
  }

  timer_trigger {
    name     = "nightly"
    schedule = "0 3 * * *"
  }
}
