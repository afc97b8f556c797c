# Buckets. They are encrypted, closed to the public unless one says otherwise, and never emptied by Terraform.

locals {
  bucket_readers = merge([
    for name, bucket in var.buckets : {
      for reader in concat(bucket.readers, bucket.public_read ? ["allUsers"] : []) :
      "${name}/${reader}" => { bucket = name, member = reader }
    }
  ]...)
}

resource "google_storage_bucket" "bucket" {
  for_each = var.buckets

  name                        = "${var.name}-${each.key}"
  location                    = upper(var.region)
  force_destroy               = false
  public_access_prevention    = each.value.public_read ? "inherited" : "enforced"
  requester_pays              = each.value.requester_pays
  uniform_bucket_level_access = true

  versioning {
    enabled = each.value.versioning
  }

  # What is to vanish after some days is not to be paid for another week.
  soft_delete_policy {
    retention_duration_seconds = each.value.delete_after_days == null ? 7 * 24 * 3600 : 0
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.delete_after_days == null ? [] : [each.value.delete_after_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        age        = lifecycle_rule.value
        with_state = "LIVE"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.delete_after_days == null ? [] : [each.value.delete_after_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        days_since_noncurrent_time = lifecycle_rule.value
        with_state                 = "ARCHIVED"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.archive_after_days == null ? [] : [each.value.archive_after_days]
    content {
      action {
        type          = "SetStorageClass"
        storage_class = "COLDLINE"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = local.bucket_readers

  bucket = google_storage_bucket.bucket[each.value.bucket].name
  role   = "roles/storage.objectViewer"
  member = each.value.member
}
