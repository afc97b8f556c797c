# What `infra apply` writes into outputs.yaml, and nothing sensitive. There is no `autoscaler_role`, as on AWS:
# the autoscaler is a part of GKE.

output "buckets" {
  description = "The buckets' full names, by their short ones."
  value       = { for name, bucket in google_storage_bucket.bucket : name => bucket.name }
}

output "cluster" {
  description = "The cluster's name, address and version."
  value = {
    endpoint = "https://${google_container_cluster.cluster.endpoint}"
    name     = google_container_cluster.cluster.name
    version  = google_container_cluster.cluster.master_version
  }
}

output "home_storage" {
  description = "Homes by name: the id of a disk and its zone, or the address of a share and its path there."
  value = merge(
    { for name, disk in google_compute_disk.homes : name => { kind = "disk", id = disk.id, zone = disk.zone, size = disk.size } },
    { for name, share in google_filestore_instance.homes : name => { kind = "share", id = share.id, server = share.networks[0].ip_addresses[0], path = "/${share.file_shares[0].name}" } },
  )
}

output "hub_identities" {
  description = "The service account of each hub's servers."
  value       = { for hub, account in google_service_account.hub : hub => account.email }
}

output "network" {
  description = "The network and its subnets."
  value = {
    id              = local.network_id
    private_subnets = var.network.private_nodes ? [local.subnet] : []
    public_subnets  = var.network.private_nodes ? [] : [local.subnet]
  }
}
