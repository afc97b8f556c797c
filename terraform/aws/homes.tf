# Homes: a disk for the cluster's own NFS server, with snapshots on a schedule, or a managed share (backups.tf).

locals {
  disks     = { for name, storage in var.home_storage : name => storage if storage.kind == "disk" }
  shares    = { for name, storage in var.home_storage : name => storage if storage.kind == "share" }
  snapshots = { for name, disk in local.disks : name => disk.snapshots if disk.snapshots != null }
  mounts = merge([
    for name, share in local.shares : {
      for index, zone in var.zones : "${name}/${zone}" => { share = name, subnet = local.private_subnets[index] }
    }
  ]...)
}

resource "aws_ebs_volume" "homes" {
  for_each = local.disks

  availability_zone = coalesce(each.value.zone, var.zones[0])
  encrypted         = true
  final_snapshot    = true
  size              = each.value.size
  type              = "gp3"

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_iam_role" "snapshots" {
  count = length(local.snapshots) > 0 ? 1 : 0

  name = "${var.name}-snapshots"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "dlm.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "snapshots" {
  count = length(local.snapshots) > 0 ? 1 : 0

  role       = aws_iam_role.snapshots[0].name
  policy_arn = "${local.managed_policy}/service-role/AWSDataLifecycleManagerServiceRole"
}

resource "aws_dlm_lifecycle_policy" "homes" {
  for_each = local.snapshots

  description        = "Daily snapshots of ${each.key} of ${var.name}"
  execution_role_arn = aws_iam_role.snapshots[0].arn
  state              = "ENABLED"

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { Name = "${var.name}-${each.key}" }

    schedule {
      name      = "daily"
      copy_tags = true

      create_rule {
        interval      = 24
        interval_unit = "HOURS"
        times         = ["03:00"]
      }

      retain_rule {
        count = each.value.keep
      }

      dynamic "cross_region_copy_rule" {
        for_each = each.value.region == null ? [] : [each.value.region]
        content {
          target    = cross_region_copy_rule.value
          copy_tags = true
          encrypted = true

          retain_rule {
            interval      = each.value.keep
            interval_unit = "DAYS"
          }
        }
      }
    }
  }
}

resource "aws_efs_file_system" "homes" {
  for_each = local.shares

  creation_token  = "${var.name}-${each.key}"
  encrypted       = true
  throughput_mode = "elastic"

  lifecycle_policy {
    transition_to_ia = "AFTER_90_DAYS"
  }
  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "homes" {
  count = length(local.shares) > 0 ? 1 : 0

  name        = "${var.name}-homes"
  description = "NFS from the nodes"
  vpc_id      = local.network_id
}

resource "aws_vpc_security_group_ingress_rule" "homes" {
  count = length(local.shares) > 0 ? 1 : 0

  description                  = "NFS from the nodes"
  security_group_id            = aws_security_group.homes[0].id
  referenced_security_group_id = local.cluster_security_group
  from_port                    = 2049
  ip_protocol                  = "tcp"
  to_port                      = 2049
}

resource "aws_efs_mount_target" "homes" {
  for_each = local.mounts

  file_system_id  = aws_efs_file_system.homes[each.value.share].id
  security_groups = [aws_security_group.homes[0].id]
  subnet_id       = each.value.subnet
}
