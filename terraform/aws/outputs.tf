# What `infra apply` writes into outputs.yaml, and nothing sensitive.

output "autoscaler_role" {
  description = "The role of the cluster autoscaler."
  value       = aws_iam_role.autoscaler.arn
}

output "buckets" {
  description = "The buckets' full names, by their short ones."
  value       = { for name, bucket in aws_s3_bucket.bucket : name => bucket.bucket }
}

output "cluster" {
  description = "The cluster's name, address and version."
  value = {
    endpoint = aws_eks_cluster.cluster.endpoint
    name     = aws_eks_cluster.cluster.name
    version  = aws_eks_cluster.cluster.version
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
