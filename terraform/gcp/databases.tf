# Managed databases. They are in a network of Google's: all that can be reached of one is an address in the nodes'
# subnet. Nobody has a password, and who signs in does it as an identity of Google Cloud.

locals {
  engines = {
    mysql      = { flag = "cloudsql_iam_authentication", port = 3306, version = "MYSQL" }
    postgresql = { flag = "cloudsql.iam_authentication", port = 5432, version = "POSTGRES" }
  }
  databases_protected = {
    for name, _ in var.databases :
    name => var.deletion_protection && !contains(var.unprotected, "google_sql_database_instance.database[\"${name}\"]")
  }
}

resource "google_sql_database_instance" "database" {
  for_each = var.databases

  name             = "${var.name}-${each.key}"
  region           = var.region
  database_version = "${local.engines[each.value.engine].version}_${replace(each.value.version, ".", "_")}"

  # In Terraform, and in the cloud below.
  deletion_protection      = local.databases_protected[each.key]
  final_backup_description = "The last state of ${each.key} of ${var.name}"

  settings {
    tier = each.value.machine
    # What Google takes by default does not have all types of machines.
    edition                     = can(regex("^db-(c4a|perf-optimized)-", each.value.machine)) ? "ENTERPRISE_PLUS" : "ENTERPRISE"
    availability_type           = each.value.high_availability ? "REGIONAL" : "ZONAL"
    disk_size                   = each.value.size
    disk_autoresize             = true
    deletion_protection_enabled = local.databases_protected[each.key]
    retain_backups_on_delete    = true
    user_labels                 = local.labels

    backup_configuration {
      enabled    = true
      start_time = "03:00"
      # To any moment of the last days.
      binary_log_enabled             = each.value.engine == "mysql" ? true : null
      point_in_time_recovery_enabled = each.value.engine == "postgresql" ? true : null
      transaction_log_retention_days = min(7, each.value.keep_backups)

      backup_retention_settings {
        retained_backups = each.value.keep_backups
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = local.engines[each.value.engine].flag
      value = "on"
    }

    # As long as Google takes it for.
    final_backup_config {
      enabled        = true
      retention_days = 365
    }

    ip_configuration {
      ipv4_enabled = false
      ssl_mode     = "ENCRYPTED_ONLY"

      psc_config {
        psc_enabled               = true
        allowed_consumer_projects = [var.project]
      }
    }

    location_preference {
      zone = var.zones[0]
    }

    maintenance_window {
      day          = index(local.week, local.window_days[0]) + 1
      hour         = tonumber(substr(var.maintenance.start, 0, 2))
      update_track = "stable"
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_compute_address" "database" {
  for_each = var.databases

  name         = "${var.name}-${each.key}"
  description  = "Database ${each.key} of ${var.name}"
  region       = var.region
  address_type = "INTERNAL"
  subnetwork   = local.subnet

  depends_on = [google_project_service.used]
}

resource "google_compute_forwarding_rule" "database" {
  for_each = var.databases

  name       = "${var.name}-${each.key}"
  region     = var.region
  network    = local.network_id
  ip_address = google_compute_address.database[each.key].id
  target     = google_sql_database_instance.database[each.key].psc_service_attachment_link
  # Google wants none here.
  load_balancing_scheme = ""
}
