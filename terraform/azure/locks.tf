# Deletion protection is a lock beside what it protects. Each is made in the file of that. A lock keeps what is inside
# or granted there from going too: so it comes after all of that, and goes before it.

locals {
  lock_notes = "Made by Terraform for the cluster ${var.name}: `unprotected` and `deletion_protection` take it away."
  lockable = concat(
    ["azurerm_kubernetes_cluster.cluster"],
    [for name, _ in local.disks : "azurerm_managed_disk.homes[\"${name}\"]"],
    [for name, _ in local.shares : "azurerm_storage_account.homes[\"${name}\"]"],
    [for name, _ in var.buckets : "azurerm_storage_account.bucket[\"${name}\"]"],
    [for name, _ in local.postgresql : "azurerm_postgresql_flexible_server.database[\"${name}\"]"],
    [for name, _ in local.mysql : "azurerm_mysql_flexible_server.database[\"${name}\"]"],
  )
  locked = { for address in local.lockable : address => var.deletion_protection && !contains(var.unprotected, address) }
}
