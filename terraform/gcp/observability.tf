# Logs of the cluster, what it costs, and whether hubs answer.

locals {
  logs_of_cluster = "resource.labels.cluster_name=\"${var.cluster_name}\" AND resource.labels.location=\"${var.location}\""
  log_export      = var.logs.export_days == null ? 0 : 1
  checks          = var.uptime == null ? {} : var.uptime.checks
  watchers        = toset(length(local.checks) > 0 ? var.uptime.alert_emails : [])
}

resource "google_logging_project_bucket_config" "cluster" {
  project        = var.project
  bucket_id      = var.name
  description    = "Logs of ${var.name}"
  location       = var.region
  retention_days = var.logs.keep_days

  depends_on = [google_project_service.used]
}

resource "google_logging_project_sink" "cluster" {
  name                   = var.name
  description            = "Logs of ${var.name}"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.cluster.id}"
  filter                 = local.logs_of_cluster
  unique_writer_identity = true
}

# Or they would be in the bucket of the whole project too, and paid for twice.
resource "google_logging_project_exclusion" "cluster" {
  name        = var.name
  description = "Logs of ${var.name} have a bucket of their own"
  filter      = local.logs_of_cluster

  depends_on = [google_logging_project_sink.cluster]
}

resource "google_storage_bucket" "logs" {
  count = local.log_export

  name                        = "${var.name}-logs"
  location                    = upper(var.region)
  force_destroy               = false
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.logs.export_days
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_logging_project_sink" "export" {
  count = local.log_export

  name                   = "${var.name}-export"
  description            = "Logs of ${var.name}"
  destination            = "storage.googleapis.com/${google_storage_bucket.logs[0].name}"
  filter                 = local.logs_of_cluster
  unique_writer_identity = true
}

resource "google_storage_bucket_iam_member" "logs" {
  count = local.log_export

  bucket = google_storage_bucket.logs[0].name
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.export[0].writer_identity
}

# Google's billing writes into it once somebody has told it to: see docs/infrastructure/gcp.md.
resource "google_bigquery_dataset" "costs" {
  count = var.cost_export ? 1 : 0

  # No `-` here.
  dataset_id                 = replace("${var.name}-costs", "-", "_")
  description                = "What ${var.name} costs, by Google's billing"
  location                   = var.region
  delete_contents_on_destroy = false

  depends_on = [google_project_service.used]
}

resource "google_monitoring_notification_channel" "uptime" {
  for_each = local.watchers

  display_name = "${each.value}: hubs of ${var.name}"
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = local.labels

  depends_on = [google_project_service.used]
}

# From all regions that Google has for it.
resource "google_monitoring_uptime_check_config" "hub" {
  for_each = local.checks

  display_name = "${each.key} of ${var.name}"
  period       = "60s"
  timeout      = "10s"
  user_labels  = local.labels

  http_check {
    path         = each.value.path
    port         = each.value.port
    use_ssl      = true
    validate_ssl = true

    accepted_response_status_codes {
      status_value = each.value.status
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      host       = each.value.host
      project_id = var.project
    }
  }

  depends_on = [google_project_service.used]
}

# One region that can't reach a hub is that region's trouble: two at least, for three minutes.
resource "google_monitoring_alert_policy" "hub" {
  for_each = local.checks

  display_name          = "${each.key} of ${var.name} does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [for email in local.watchers : google_monitoring_notification_channel.uptime[email].id]
  user_labels           = local.labels

  conditions {
    display_name = each.value.url

    condition_threshold {
      filter          = "resource.type=\"uptime_url\" AND metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.hub[each.key].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "180s"

      # What each region saw last.
      aggregations {
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.*"]
      }
    }
  }

  documentation {
    content   = "${each.key} does not answer at ${each.value.url}, as seen from several places. Look with `deployer uptime ${var.name}`."
    mime_type = "text/markdown"
  }
}
