# Daily copies of shares, which have no snapshots on a schedule of their own: in a vault of Google's Backup and DR
# Service, where nobody can delete them within the first day. Those of disks are in homes.tf.

locals {
  backed_up = { for name, share in local.shares : name => share.snapshots if share.snapshots != null }
}

# It can't be deleted as long as there are copies in it, so it is left alone when nothing here wants it any more.
resource "google_backup_dr_backup_vault" "homes" {
  count = length(local.backed_up) == 0 ? 0 : 1

  backup_vault_id                            = "${var.name}-homes"
  description                                = "Copies of shares of ${var.name}"
  location                                   = var.region
  backup_minimum_enforced_retention_duration = "${24 * 3600}s"
  deletion_policy                            = "ABANDON"

  depends_on = [google_project_service.used]
}

resource "google_backup_dr_backup_plan" "homes" {
  for_each = local.backed_up

  backup_plan_id = "${var.name}-${each.key}"
  description    = "Daily copies of ${each.key} of ${var.name}"
  location       = var.region
  resource_type  = "file.googleapis.com/Instance"
  backup_vault   = google_backup_dr_backup_vault.homes[0].id

  backup_rules {
    rule_id               = "daily"
    backup_retention_days = each.value.keep

    standard_schedule {
      recurrence_type = "DAILY"
      time_zone       = "UTC"

      backup_window {
        start_hour_of_day = 0
        end_hour_of_day   = 8
      }
    }
  }
}

resource "google_backup_dr_backup_plan_association" "homes" {
  for_each = local.backed_up

  backup_plan_association_id = "${var.name}-${each.key}"
  backup_plan                = google_backup_dr_backup_plan.homes[each.key].name
  location                   = var.region
  resource                   = google_filestore_instance.homes[each.key].id
  resource_type              = "file.googleapis.com/Instance"
}
