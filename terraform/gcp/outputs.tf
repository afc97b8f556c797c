# What `infra apply` writes into outputs.yaml, and nothing sensitive. There is no `autoscaler_role`, as on AWS:
# the autoscaler is a part of GKE.

output "buckets" {
  description = "The buckets' full names, by their short ones."
  value       = { for name, bucket in google_storage_bucket.bucket : name => bucket.name }
}

output "ci_identity" {
  description = "What a workflow signs in with: the provider that knows it, and the service account that it becomes."
  value = var.ci == null ? null : {
    provider        = google_iam_workload_identity_pool_provider.ci[0].name
    service_account = google_service_account.ci[0].email
  }
}

output "cluster" {
  description = "The cluster's name, address and version."
  value = {
    endpoint = "https://${google_container_cluster.cluster.endpoint}"
    name     = google_container_cluster.cluster.name
    version  = google_container_cluster.cluster.master_version
  }
}

output "databases" {
  description = "Databases by name: where pods reach them, and as what Google's own proxy does."
  value = {
    for name, each in var.databases : name => {
      connection = google_sql_database_instance.database[name].connection_name
      host       = google_compute_address.database[name].address
      port       = local.engines[each.engine].port
    }
  }
}

output "dns" {
  description = "The zone of the hubs' names, and the service account that changes records in it."
  value = var.dns == null ? null : {
    id           = local.zone.name
    identity     = google_service_account.dns[0].email
    name_servers = local.zone.name_servers
    zone         = var.dns.zone
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

output "registries" {
  description = "What the names of images in registries begin with."
  value       = { for name, registry in google_artifact_registry_repository.registry : name => "${var.region}-docker.pkg.dev/${var.project}/${registry.repository_id}" }
}
