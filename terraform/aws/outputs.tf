# What `infra apply` writes into outputs.yaml, and nothing sensitive.

output "autoscaler_role" {
  description = "The role of the cluster autoscaler."
  value       = aws_iam_role.autoscaler.arn
}

output "buckets" {
  description = "The buckets' full names, by their short ones; `costs` and `logs` are the cluster's own."
  value       = { for name, bucket in aws_s3_bucket.bucket : name => bucket.bucket }
}

output "ci_identity" {
  description = "The role of CI, null without one."
  value       = one(aws_iam_role.ci[*].arn)
}

output "cluster" {
  description = "The cluster's name, address and version."
  value = {
    endpoint = aws_eks_cluster.cluster.endpoint
    name     = aws_eks_cluster.cluster.name
    version  = aws_eks_cluster.cluster.version
  }
}

output "databases" {
  description = "Databases by name: where they are, and which secret of Secrets Manager has the first user's password."
  value = {
    for name, database in aws_db_instance.database : name => {
      host   = database.address
      name   = database.identifier
      port   = database.port
      secret = database.master_user_secret[0].secret_arn
    }
  }
}

output "dns" {
  description = "The zone of the hubs' names, and the role of what changes it; null without one. A new zone's name servers have to be made known where its parent is."
  value = var.dns == null ? null : {
    zone         = var.dns.zone
    id           = local.zone_id
    name_servers = one(concat(aws_route53_zone.dns[*].name_servers, data.aws_route53_zone.dns[*].name_servers))
    identity     = aws_iam_role.dns[0].arn
  }
}

output "home_storage" {
  description = "Homes by name: the id of a disk and its zone, or the address of a share."
  value = merge(
    { for name, disk in aws_ebs_volume.homes : name => { kind = "disk", id = disk.id, zone = disk.availability_zone, size = disk.size } },
    { for name, share in aws_efs_file_system.homes : name => { kind = "share", id = share.id, server = share.dns_name } },
  )
}

output "hub_identities" {
  description = "The role of each hub's servers."
  value       = { for hub, role in aws_iam_role.hub : hub => role.arn }
}

output "network" {
  description = "The network and its subnets."
  value = {
    id              = local.network_id
    private_subnets = local.private_subnets
    public_subnets  = local.public_subnets
  }
}

output "registries" {
  description = "The addresses of registries, by their short names."
  value       = { for name, registry in aws_ecr_repository.registry : name => registry.repository_url }
}
