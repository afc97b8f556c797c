# Homes: a disk for the cluster's own NFS server, with snapshots on a schedule, or a managed share.

locals {
  disks     = { for name, storage in var.home_storage : name => storage if storage.kind == "disk" }
  shares    = { for name, storage in var.home_storage : name => storage if storage.kind == "share" }
  snapshots = { for name, disk in local.disks : name => disk.snapshots if disk.snapshots != null }
}

resource "google_compute_disk" "homes" {
  for_each = local.disks

  name = "${var.name}-${each.key}"
  size = each.value.size
  type = "pd-balanced"
  zone = coalesce(each.value.zone, var.zones[0])

  create_snapshot_before_destroy = true

  depends_on = [google_project_service.used]
}

resource "google_compute_resource_policy" "homes" {
  for_each = local.snapshots

  name        = "${var.name}-${each.key}"
  description = "Daily snapshots of ${each.key} of ${var.name}"
  region      = var.region

  snapshot_schedule_policy {
    retention_policy {
      max_retention_days = each.value.keep
      # When a disk goes, what was taken of it stays for as long as it would have.
      on_source_disk_delete = "APPLY_RETENTION_POLICY"
    }

    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "03:00"
      }
    }

    snapshot_properties {
      labels            = merge(local.labels, { disk = each.key })
      storage_locations = each.value.region == null ? null : [each.value.region]
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_compute_disk_resource_policy_attachment" "homes" {
  for_each = local.snapshots

  name = google_compute_resource_policy.homes[each.key].name
  disk = google_compute_disk.homes[each.key].name
  zone = google_compute_disk.homes[each.key].zone
}

resource "google_filestore_instance" "homes" {
  for_each = local.shares

  name     = "${var.name}-${each.key}"
  location = coalesce(each.value.zone, var.zones[0])
  tier     = "ZONAL"

  deletion_protection_enabled = var.deletion_protection && !contains(var.unprotected, "google_filestore_instance.homes[\"${each.key}\"]")

  file_shares {
    capacity_gb = each.value.size
    name        = "homes"
  }

  networks {
    modes   = ["MODE_IPV4"]
    network = basename(local.network_id)
  }

  depends_on = [google_project_service.used]
}
