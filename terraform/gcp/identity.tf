# What pods may do in Google Cloud, by the names of their service accounts: no long-lived keys.

locals {
  # A user can use what is in a bucket, and can neither delete the bucket nor change its policy.
  hub_buckets = merge([
    for hub, permission in var.permissions : merge(
      { for bucket in permission.read : "${hub}/${bucket}/read" => { hub = hub, bucket = bucket, role = "roles/storage.objectViewer" } },
      { for bucket in permission.write : "${hub}/${bucket}/write" => { hub = hub, bucket = bucket, role = "roles/storage.objectUser" } },
    )
  ]...)
  # Where those who read pay, a hub has to say that its project does.
  paying_hubs = [
    for hub, permission in var.permissions : hub
    if anytrue([for bucket in concat(permission.read, permission.write) : var.buckets[bucket].requester_pays])
  ]
  hub_roles = merge(
    { for hub in local.paying_hubs : "${hub}/pays" => { hub = hub, role = "roles/serviceusage.serviceUsageConsumer" } },
    [
      for hub, permission in var.permissions : { for role in permission.roles : "${hub}/${role}" => { hub = hub, role = role } }
    ]...
  )
}

resource "google_service_account" "hub" {
  for_each = var.permissions

  account_id   = "${var.name}-${each.key}"
  display_name = "Servers of ${each.key} on ${var.name}"

  depends_on = [google_project_service.used]
}

# The project has a workload pool when it has its first cluster with one.
resource "google_service_account_iam_member" "hub" {
  for_each = var.permissions

  service_account_id = google_service_account.hub[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${each.key}/${each.value.service_account}]"

  depends_on = [google_container_cluster.cluster]
}

resource "google_storage_bucket_iam_member" "hub" {
  for_each = local.hub_buckets

  bucket = google_storage_bucket.bucket[each.value.bucket].name
  role   = each.value.role
  member = google_service_account.hub[each.value.hub].member
}

resource "google_project_iam_member" "hub" {
  for_each = local.hub_roles

  project = var.project
  role    = each.value.role
  member  = google_service_account.hub[each.value.hub].member
}
