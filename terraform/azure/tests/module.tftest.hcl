# What the module makes of its variables, without Azure: `terraform test`, or `tofu test`.

mock_provider "azurerm" {
  mock_resource "azurerm_application_insights" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Insights/components/alps" }
  }
  mock_resource "azurerm_application_insights_standard_web_test" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Insights/webTests/alps" }
  }
  mock_resource "azurerm_monitor_action_group" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Insights/actionGroups/alps" }
  }
  mock_resource "azurerm_resource_group" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps" }
  }
  mock_resource "azurerm_virtual_network" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Network/virtualNetworks/alps" }
  }
  mock_resource "azurerm_subnet" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Network/virtualNetworks/alps/subnets/alps-nodes" }
  }
  mock_resource "azurerm_public_ip" {
    defaults = {
      id         = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Network/publicIPAddresses/alps-nat"
      ip_address = "203.0.113.9"
    }
  }
  mock_resource "azurerm_nat_gateway" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Network/natGateways/alps-nat" }
  }
  mock_resource "azurerm_user_assigned_identity" {
    defaults = {
      client_id    = "44444444-4444-4444-4444-444444444444"
      id           = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.ManagedIdentity/userAssignedIdentities/some"
      principal_id = "55555555-5555-5555-5555-555555555555"
    }
  }
  mock_resource "azurerm_key_vault" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.KeyVault/vaults/alps" }
  }
  mock_resource "azurerm_key_vault_key" {
    defaults = {
      id                      = "https://alps.vault.azure.net/keys/secrets/0123456789abcdef0123456789abcdef"
      resource_versionless_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.KeyVault/vaults/alps/keys/secrets"
    }
  }
  mock_resource "azurerm_kubernetes_cluster" {
    defaults = {
      id                     = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.ContainerService/managedClusters/alps"
      node_resource_group_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps-alps-nodes"
      oidc_issuer_url        = "https://oidc.example.org/ALPS/"
    }
  }
  mock_resource "azurerm_log_analytics_workspace" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.OperationalInsights/workspaces/alps-logs" }
  }
  mock_resource "azurerm_managed_disk" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Compute/disks/homes" }
  }
  mock_resource "azurerm_mysql_flexible_server" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.DBforMySQL/flexibleServers/wiki" }
  }
  mock_resource "azurerm_postgresql_flexible_server" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.DBforPostgreSQL/flexibleServers/grades" }
  }
  mock_resource "azurerm_private_dns_zone" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Network/privateDnsZones/example.org" }
  }
  mock_resource "azurerm_role_definition" {
    defaults = { role_definition_resource_id = "/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Authorization/roleDefinitions/66666666-6666-6666-6666-666666666666" }
  }
  mock_resource "azurerm_storage_account" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Storage/storageAccounts/alps" }
  }
  mock_resource "azurerm_storage_container" {
    defaults = { id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/alps/providers/Microsoft.Storage/storageAccounts/alps/blobServices/default/containers/scratch" }
  }
  mock_data "azurerm_client_config" {
    defaults = {
      object_id = "22222222-2222-2222-2222-222222222222"
      tenant_id = "11111111-1111-1111-1111-111111111111"
    }
  }
}

variables {
  cluster_name       = "alps"
  kubernetes_version = "1.34"
  location           = "westeurope"
  name               = "alps"
  node_pools = {
    core  = { generation = "aaaaaa", machine = "Standard_E4s_v5", max = 3, min = 1, system = true }
    small = { generation = "bbbbbb", machine = "Standard_E8s_v5", max = 9, min = 0 }
    gpu   = { generation = "cccccc", machine = "Standard_NC4as_T4_v3", max = 2, min = 0, zones = ["3"] }
  }
  resource_group = "alps"
  subscription   = "33333333-3333-3333-3333-333333333333"
  system_pool    = "core"
  zones          = ["2", "3"]
}

run "nodes_are_in_the_first_zone_if_a_pool_does_not_say_otherwise" {
  assert {
    condition     = azurerm_kubernetes_cluster.cluster.default_node_pool[0].zones == toset(["2"])
    error_message = "core is not in the first zone"
  }
  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.pool["small"].zones == toset(["2"])
    error_message = "small is not in the first zone"
  }
  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.pool["gpu"].zones == toset(["3"])
    error_message = "gpu is not in the zone that it names"
  }
}

run "the_pool_that_the_cluster_is_made_with_is_not_made_twice" {
  assert {
    condition     = toset(keys(azurerm_kubernetes_cluster_node_pool.pool)) == toset(["gpu", "small"])
    error_message = "core is a part of the cluster"
  }
}

run "a_region_without_zones_is_asked_for_none" {
  variables {
    node_pools = { core = { generation = "aaaaaa", machine = "Standard_E4s_v5", max = 3, min = 1, system = true } }
    zones      = []
  }
  assert {
    condition     = length(azurerm_kubernetes_cluster.cluster.default_node_pool[0].zones) == 0
    error_message = "core is in a zone"
  }
}

run "a_new_network_has_one_way_out" {
  assert {
    condition     = azurerm_virtual_network.cluster[0].address_space == toset(["10.0.0.0/16"])
    error_message = "the network has another range"
  }
  assert {
    condition     = azurerm_subnet.nodes[0].address_prefixes == tolist(["10.0.0.0/17"])
    error_message = "nodes have half of the network"
  }
  assert {
    condition     = length(azurerm_subnet_nat_gateway_association.nodes) == 1
    error_message = "private nodes need a way out"
  }
}

run "nothing_is_made_that_nobody_asks_for" {
  assert {
    condition = 0 == sum([for each in [
      azurerm_application_insights.uptime, azurerm_consumption_budget_subscription.monthly,
      azurerm_container_registry.registry, azurerm_data_protection_backup_vault.homes, azurerm_dns_zone.hubs,
      azurerm_managed_disk.homes, azurerm_mysql_flexible_server.database, azurerm_network_watcher_flow_log.cluster,
      azurerm_postgresql_flexible_server.database, azurerm_private_endpoint.database,
      azurerm_resource_group_cost_management_export.costs, azurerm_role_assignment.admin, azurerm_role_definition.disk,
      azurerm_role_definition.writer, azurerm_storage_account.bucket, azurerm_storage_account.export,
      azurerm_storage_account.homes, azurerm_user_assigned_identity.ci, azurerm_user_assigned_identity.dns,
      azurerm_user_assigned_identity.hub, azurerm_user_assigned_identity.mysql,
    ] : length(each)])
    error_message = "there is something that nobody asked for"
  }
}

run "public_nodes_need_no_gateway_of_their_own" {
  variables {
    network = { private_nodes = false }
  }
  assert {
    condition     = length(azurerm_nat_gateway.nat) + length(azurerm_public_ip.nat) == 0
    error_message = "there is a gateway that nobody uses and somebody pays for"
  }
  assert {
    condition     = alltrue([for each in azurerm_kubernetes_cluster_node_pool.pool : each.node_public_ip_enabled])
    error_message = "nodes have no addresses, and no way out either"
  }
}

run "nothing_is_made_in_a_network_of_somebody_else" {
  variables {
    network = {
      existing = {
        id              = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/shared"
        private_subnets = ["/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/shared/subnets/hubs"]
      }
    }
  }
  assert {
    condition = 0 == sum([for each in [
      azurerm_nat_gateway.nat, azurerm_public_ip.nat, azurerm_subnet.nodes, azurerm_virtual_network.cluster,
    ] : length(each)])
    error_message = "a network, or a part of one, is made beside the existing one"
  }
  assert {
    condition = alltrue([
      for subnet in [
        azurerm_kubernetes_cluster.cluster.default_node_pool[0].vnet_subnet_id,
        azurerm_kubernetes_cluster_node_pool.pool["gpu"].vnet_subnet_id,
      ] : endswith(subnet, "/virtualNetworks/shared/subnets/hubs")
    ])
    error_message = "nodes are in another subnet"
  }
}

run "an_api_that_nobody_may_reach_over_the_internet_has_no_public_address" {
  variables {
    network = { allowed_ranges = [] }
  }
  assert {
    condition     = azurerm_kubernetes_cluster.cluster.private_cluster_enabled
    error_message = "the API is open to the internet"
  }
  assert {
    condition     = !azurerm_kubernetes_cluster.cluster.private_cluster_public_fqdn_enabled
    error_message = "the world is told where the API is"
  }
}

run "nodes_reach_an_api_that_is_for_some_only" {
  variables {
    network = { allowed_ranges = ["192.0.2.0/24"] }
  }
  assert {
    condition     = azurerm_kubernetes_cluster.cluster.api_server_access_profile[0].authorized_ip_ranges == toset(["192.0.2.0/24", "203.0.113.9/32"])
    error_message = "nodes come from the gateway's address, which is not on the list"
  }
}

run "users_have_what_is_in_buckets_and_not_the_buckets" {
  variables {
    buckets = { scratch = {}, others = {} }
    permissions = {
      research = { service_account = "user-sa", read = ["scratch"], write = ["scratch"] }
    }
  }
  assert {
    condition     = keys(azurerm_role_assignment.hub_reader) == ["research/scratch"] && keys(azurerm_role_assignment.hub_writer) == ["research/scratch"]
    error_message = "a user has something in a bucket that is not theirs"
  }
  assert {
    condition     = azurerm_role_assignment.hub_reader["research/scratch"].role_definition_name == "Storage Blob Data Reader"
    error_message = "who reads has another role"
  }
  assert {
    condition     = azurerm_role_assignment.hub_writer["research/scratch"].role_definition_id == azurerm_role_definition.writer[0].role_definition_resource_id
    error_message = "who writes has another role"
  }
  assert {
    condition     = azurerm_role_definition.writer[0].permissions[0].actions == tolist(["Microsoft.Storage/storageAccounts/blobServices/containers/read"])
    error_message = "a user may do something to a bucket itself"
  }
  assert {
    condition     = alltrue([for action in azurerm_role_definition.writer[0].permissions[0].data_actions : strcontains(action, "/containers/blobs/")])
    error_message = "a user may do something to what is no object"
  }
  assert {
    condition     = azurerm_federated_identity_credential.hub["research"].subject == "system:serviceaccount:research:user-sa"
    error_message = "another service account than that of the servers has their roles"
  }
}

run "what_is_locked_is_the_cluster_and_what_holds_data" {
  variables {
    buckets = { scratch = {} }
    databases = {
      grades = { engine = "postgresql", machine = "GP_Standard_D2ds_v5", size = 64, version = "17" }
      wiki   = { engine = "mysql", machine = "B_Standard_B1ms", size = 20, version = "8.4" }
    }
    home_storage = { common = { kind = "share", size = 1024 }, homes = { kind = "disk", size = 512 }, spare = { kind = "disk", size = 512 } }
  }
  assert {
    condition     = length(azurerm_management_lock.cluster) == 1
    error_message = "the cluster is not locked"
  }
  assert {
    condition = [
      keys(azurerm_management_lock.bucket), keys(azurerm_management_lock.disk), keys(azurerm_management_lock.mysql),
      keys(azurerm_management_lock.postgresql), keys(azurerm_management_lock.share),
    ] == [["scratch"], ["homes", "spare"], ["wiki"], ["grades"], ["common"]]
    error_message = "something has no lock"
  }
}

run "unprotected_switches_off_exactly_one" {
  variables {
    buckets = { scratch = {} }
    databases = {
      grades = { engine = "postgresql", machine = "GP_Standard_D2ds_v5", size = 64, version = "17" }
      wiki   = { engine = "mysql", machine = "B_Standard_B1ms", size = 20, version = "8.4" }
    }
    home_storage = { common = { kind = "share", size = 1024 }, homes = { kind = "disk", size = 512 }, spare = { kind = "disk", size = 512 } }
    unprotected  = ["azurerm_managed_disk.homes[\"spare\"]"]
  }
  assert {
    condition     = keys(azurerm_management_lock.disk) == ["homes"]
    error_message = "what is to go is locked, or what is to stay is not"
  }
  assert {
    condition = 5 == sum([for each in [
      azurerm_management_lock.bucket, azurerm_management_lock.cluster, azurerm_management_lock.mysql,
      azurerm_management_lock.postgresql, azurerm_management_lock.share,
    ] : length(each)])
    error_message = "something else is not locked any more"
  }
}

run "nobody_has_a_password_of_a_database_or_reaches_it_from_the_world" {
  variables {
    databases = {
      grades = { engine = "postgresql", machine = "GP_Standard_D2ds_v5", size = 64, version = "17" }
      wiki   = { engine = "mysql", machine = "B_Standard_B1ms", size = 20, version = "8.4" }
    }
    permissions = { research = { service_account = "user-sa", databases = ["grades", "wiki"] } }
  }
  assert {
    condition     = !azurerm_postgresql_flexible_server.database["grades"].public_network_access_enabled && azurerm_mysql_flexible_server.database["wiki"].public_network_access == "Disabled"
    error_message = "a database can be reached from the internet"
  }
  assert {
    condition     = alltrue([for each in azurerm_private_endpoint.database : each.subnet_id == azurerm_subnet.nodes[0].id]) && length(azurerm_private_endpoint.database) == 2
    error_message = "a database has no address in the nodes' subnet"
  }
  assert {
    condition     = !azurerm_postgresql_flexible_server.database["grades"].authentication[0].password_auth_enabled
    error_message = "somebody signs in to PostgreSQL with a password"
  }
  assert {
    condition     = azurerm_mysql_flexible_server_configuration.entra_only["wiki"].value == "ON"
    error_message = "somebody signs in to MySQL with a password"
  }
  assert {
    condition     = azurerm_mysql_flexible_server.database["wiki"].administrator_password == null
    error_message = "there is a password, and it is in the state"
  }
}

run "node_versions_keep_one_pool_where_it_is" {
  variables {
    node_versions = { gpu = "1.33" }
  }
  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.pool["gpu"].orchestrator_version == "1.33"
    error_message = "gpu is not at the version that is said for it"
  }
  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.pool["small"].orchestrator_version == "1.34"
    error_message = "another pool is kept back too"
  }
  assert {
    condition     = azurerm_kubernetes_cluster.cluster.kubernetes_version == "1.34" && azurerm_kubernetes_cluster.cluster.default_node_pool[0].orchestrator_version == "1.34"
    error_message = "the control plane does not go first"
  }
}

run "node_versions_keep_the_pool_of_the_cluster_too" {
  variables {
    node_versions = { core = "1.33" }
  }
  assert {
    condition     = azurerm_kubernetes_cluster.cluster.default_node_pool[0].orchestrator_version == "1.33"
    error_message = "core is not at the version that is said for it"
  }
  assert {
    condition     = alltrue([for each in azurerm_kubernetes_cluster_node_pool.pool : each.orchestrator_version == "1.34"])
    error_message = "another pool is kept back too"
  }
}

run "each_address_is_asked_as_it_is_and_somebody_is_told" {
  command = plan

  variables {
    uptime = {
      alert_emails = ["ops@example.org"]
      checks = {
        maths             = { host = "maths.example.org", path = "/m/hub/health", port = 8443, status = 200, url = "https://maths.example.org:8443/m/hub/health" }
        "support.grafana" = { host = "grafana.example.org", path = "/api/health", port = 443, status = 204, url = "https://grafana.example.org/api/health" }
      }
    }
  }
  assert {
    condition = { for name, each in azurerm_application_insights_standard_web_test.hub : name => [
      each.request[0].url, each.validation_rules[0].expected_status_code, each.request[0].follow_redirects_enabled,
      ] } == {
      maths             = ["https://maths.example.org:8443/m/hub/health", 200, false]
      "support.grafana" = ["https://grafana.example.org/api/health", 204, false]
    }
    error_message = "addresses and statuses are those that were given"
  }
  assert {
    condition     = keys(azurerm_monitor_metric_alert.hub) == keys(azurerm_application_insights_standard_web_test.hub)
    error_message = "nobody is told of what is looked at"
  }
  assert {
    condition     = azurerm_monitor_action_group.uptime[0].email_receiver[*].email_address == tolist(["ops@example.org"])
    error_message = "who is told is not who was named"
  }
}

run "without_an_address_nobody_is_told_of_any" {
  command = plan

  variables {
    uptime = { alert_emails = ["ops@example.org"], checks = {} }
  }
  assert {
    condition     = 0 == sum([for each in [azurerm_application_insights.uptime, azurerm_monitor_action_group.uptime] : length(each)])
    error_message = "there is something that looks at nothing"
  }
}

run "upgrades_keep_out_of_freezes" {
  variables {
    freezes = { exams = { start = "2026-12-01T10:00:00Z", end = "2026-12-19T00:00:00Z" } }
  }
  assert {
    condition = [
      for each in azurerm_kubernetes_cluster.cluster.maintenance_window[0].not_allowed : [each.start, each.end]
    ] == [["2026-12-01T10:00:00Z", "2026-12-19T00:00:00Z"]]
    error_message = "AKS itself may be worked on during exams"
  }
  assert {
    condition = alltrue([
      for window in [
        azurerm_kubernetes_cluster.cluster.maintenance_window_auto_upgrade[0],
        azurerm_kubernetes_cluster.cluster.maintenance_window_node_os[0],
      ] :
      [for each in window.not_allowed : [each.start, each.end]] == [["2026-12-01T00:00:00Z", "2026-12-18T00:00:00Z"]]
    ])
    error_message = "AKS may upgrade during exams, or not on the day after them"
  }
}
