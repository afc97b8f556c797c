# What `infra apply` writes into outputs.yaml, and nothing sensitive. There is no `autoscaler_role`, as on AWS:
# the autoscaler is a part of AKS.

output "buckets" {
  description = "The buckets' full names, account and container, by their short ones."
  value       = { for name, bucket in azurerm_storage_container.bucket : name => "${azurerm_storage_account.bucket[name].name}/${bucket.name}" }
}

output "ci_identity" {
  description = "The identity of CI: what its log-in to Azure wants to know."
  value = var.ci == null ? null : {
    client_id       = azurerm_user_assigned_identity.ci[0].client_id
    subscription_id = var.subscription
    tenant_id       = azurerm_user_assigned_identity.ci[0].tenant_id
  }
}

# The minor version: which patch it is would be told an `apply` late.
output "cluster" {
  description = "The cluster's name, address and version."
  value = {
    endpoint = "https://${local.is_private ? azurerm_kubernetes_cluster.cluster.private_fqdn : azurerm_kubernetes_cluster.cluster.fqdn}"
    name     = azurerm_kubernetes_cluster.cluster.name
    version  = azurerm_kubernetes_cluster.cluster.kubernetes_version
  }
}

output "databases" {
  description = "The databases' addresses, which only the cluster's network knows, and their full names."
  value = merge(
    { for name, server in azurerm_postgresql_flexible_server.database : name => { host = server.fqdn, name = server.name, port = 5432 } },
    { for name, server in azurerm_mysql_flexible_server.database : name => { host = server.fqdn, name = server.name, port = 3306 } },
  )
}

output "dns" {
  description = "The zone, its name servers, and the client id of the identity that may change records in it."
  value = var.dns == null ? null : {
    id           = local.dns_zone.id
    identity     = azurerm_user_assigned_identity.dns[0].client_id
    name_servers = sort(tolist(local.dns_zone.name_servers))
    zone         = local.dns_zone.name
  }
}

output "home_storage" {
  description = "Homes by name: the id of a disk and its zone, or the address of a share and its path there."
  value = merge(
    { for name, disk in azurerm_managed_disk.homes : name => { kind = "disk", id = disk.id, zone = disk.zone, size = disk.disk_size_gb } },
    {
      for name, share in azurerm_storage_share.homes : name => {
        kind   = "share"
        id     = share.id
        server = azurerm_storage_account.homes[name].primary_file_host
        path   = "/${azurerm_storage_account.homes[name].name}/${share.name}"
      }
    },
  )
}

output "hub_identities" {
  description = "The client id of the identity of each hub's servers."
  value       = { for hub, identity in azurerm_user_assigned_identity.hub : hub => identity.client_id }
}

output "network" {
  description = "The network and its subnets."
  value = {
    id              = local.network_id
    private_subnets = var.network.private_nodes ? [local.subnet] : []
    public_subnets  = var.network.private_nodes ? [] : [local.subnet]
  }
}

output "registries" {
  description = "The registries' addresses, by their short names."
  value       = { for name, registry in azurerm_container_registry.registry : name => registry.login_server }
}
