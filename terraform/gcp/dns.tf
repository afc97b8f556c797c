# The zone with the names of the hubs, or one that somebody else made in the project, and the identity of what changes
# records in it.

locals {
  dns         = var.dns == null ? 0 : 1
  own_zone    = try(var.dns.existing, true) ? 0 : 1
  given_zones = local.dns == 1 && local.own_zone == 0 ? [for zone in data.google_dns_managed_zones.all[0].managed_zones : zone if zone.dns_name == "${var.dns.zone}." && zone.visibility == "public"] : []
  zone = local.dns == 0 ? null : local.own_zone == 1 ? {
    name         = google_dns_managed_zone.hubs[0].name
    name_servers = google_dns_managed_zone.hubs[0].name_servers
    } : {
    name         = local.given_zones[0].name
    name_servers = local.given_zones[0].name_servers
  }
  dns_records = { for record in try(var.dns.records, []) : "${record.name}/${record.type}" => record }
  # Whole names end with a dot here.
  dotted = ["CNAME", "MX", "NS"]
  # To find the zone, and to change what is in it: not to delete it, nor to say who may.
  dns_permissions = {
    records = [
      "dns.changes.create", "dns.changes.get", "dns.changes.list", "dns.managedZones.get",
      "dns.resourceRecordSets.create", "dns.resourceRecordSets.delete", "dns.resourceRecordSets.get",
      "dns.resourceRecordSets.list", "dns.resourceRecordSets.update",
    ]
    zones = ["dns.managedZones.list"]
  }
}

resource "google_dns_managed_zone" "hubs" {
  count = local.own_zone

  name          = var.name
  description   = "Hubs of ${var.name}"
  dns_name      = "${var.dns.zone}."
  force_destroy = false

  dnssec_config {
    state = "on"
  }

  depends_on = [google_project_service.used]
}

data "google_dns_managed_zones" "all" {
  count = local.dns - local.own_zone

  project = var.project

  lifecycle {
    postcondition {
      condition     = contains([for zone in self.managed_zones : zone.dns_name if zone.visibility == "public"], "${var.dns.zone}.")
      error_message = "The project ${var.project} has no public zone ${var.dns.zone}."
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_dns_record_set" "record" {
  for_each = local.dns_records

  managed_zone = local.zone.name
  name         = each.value.name == "@" ? "${var.dns.zone}." : "${each.value.name}.${var.dns.zone}."
  type         = each.value.type
  ttl          = each.value.ttl
  rrdatas = [
    for value in each.value.values :
    each.value.type == "TXT" ? join(" ", [for part in regexall(".{1,255}", value) : "\"${part}\""]) :
    contains(local.dotted, each.value.type) ? "${trimsuffix(value, ".")}." : value
  ]
}

resource "google_service_account" "dns" {
  count = local.dns

  account_id   = "${var.name}-dns"
  display_name = "Records of ${var.name}"

  depends_on = [google_project_service.used]
}

resource "google_service_account_iam_member" "dns" {
  for_each = toset(local.dns == 0 ? [] : ["support/cert-manager", "support/external-dns"])

  service_account_id = google_service_account.dns[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${each.value}]"

  depends_on = [google_container_cluster.cluster]
}

resource "google_project_iam_custom_role" "dns" {
  for_each = local.dns == 0 ? {} : local.dns_permissions

  role_id     = "${replace(var.name, "-", "_")}_dns_${each.key}"
  title       = "DNS ${each.key} of ${var.name}"
  permissions = each.value

  depends_on = [google_project_service.used]
}

resource "google_dns_managed_zone_iam_member" "dns" {
  count = local.dns

  managed_zone = local.zone.name
  role         = "projects/${var.project}/roles/${google_project_iam_custom_role.dns["records"].role_id}"
  member       = google_service_account.dns[0].member
}

resource "google_project_iam_member" "dns" {
  count = local.dns

  project = var.project
  role    = "projects/${var.project}/roles/${google_project_iam_custom_role.dns["zones"].role_id}"
  member  = google_service_account.dns[0].member
}
