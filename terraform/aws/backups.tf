# Backups of managed shares, kept as long as their snapshots are to be. EFS's own backups are kept 35 days, always.

locals {
  backed_up = { for name, share in local.shares : name => share.snapshots if share.snapshots != null }
  copied    = { for name, snapshots in local.backed_up : name => snapshots.region if snapshots.region != null }
  # A provider has one region: variables.tf refuses two.
  copies_region = concat(sort(values(local.copied)), [var.region])[0]
}

resource "aws_backup_vault" "homes" {
  count = length(local.backed_up) > 0 ? 1 : 0

  name = "${var.name}-homes"
  # Whoever gives up the homes, against the guard of `deployer infra`, gives these up.
  force_destroy = true
}

resource "aws_backup_vault" "copies" {
  count    = length(local.copied) > 0 ? 1 : 0
  provider = aws.copies

  name          = "${var.name}-homes"
  force_destroy = true
}

resource "aws_iam_role" "backups" {
  count = length(local.backed_up) > 0 ? 1 : 0

  name = "${var.name}-backups"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "backup.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "backups" {
  for_each = length(local.backed_up) > 0 ? toset(["Backup", "Restores"]) : toset([])

  role       = aws_iam_role.backups[0].name
  policy_arn = "${local.managed_policy}/service-role/AWSBackupServiceRolePolicyFor${each.value}"
}

resource "aws_backup_plan" "homes" {
  for_each = local.backed_up

  name = "${var.name}-${each.key}"

  rule {
    rule_name         = "daily"
    schedule          = "cron(0 3 * * ? *)"
    target_vault_name = aws_backup_vault.homes[0].name

    lifecycle {
      delete_after = each.value.keep
    }

    dynamic "copy_action" {
      for_each = each.value.region == null ? [] : [each.value.region]
      content {
        destination_vault_arn = aws_backup_vault.copies[0].arn

        lifecycle {
          delete_after = each.value.keep
        }
      }
    }
  }
}

resource "aws_backup_selection" "homes" {
  for_each = local.backed_up

  iam_role_arn = aws_iam_role.backups[0].arn
  name         = "${var.name}-${each.key}"
  plan_id      = aws_backup_plan.homes[each.key].id
  resources    = [aws_efs_file_system.homes[each.key].arn]

  depends_on = [aws_iam_role_policy_attachment.backups]
}
