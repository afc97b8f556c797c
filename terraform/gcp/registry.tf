# Registries of images. Tags can be moved: the images behind those that can't would never be deleted.

locals {
  registry_pushers = merge([
    for hub, permission in var.permissions : {
      for registry in permission.push : "${hub}/${registry}" => { hub = hub, registry = registry }
    }
  ]...)
}

resource "google_artifact_registry_repository" "registry" {
  for_each = var.registries

  repository_id          = "${var.name}-${each.key}"
  description            = "Registry ${each.key} of ${var.name}"
  location               = var.region
  format                 = "DOCKER"
  cleanup_policy_dry_run = false

  dynamic "cleanup_policies" {
    for_each = each.value.delete_after_days == null ? [] : [each.value.delete_after_days]
    content {
      id     = "delete-old"
      action = "DELETE"
      condition {
        older_than = "${cleanup_policies.value * 24 * 3600}s"
        tag_state  = "ANY"
      }
    }
  }

  # It wins over the other.
  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = each.value.keep_images
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  for_each = var.registries

  location   = var.region
  repository = google_artifact_registry_repository.registry[each.key].name
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:${local.node_account}"
}

resource "google_artifact_registry_repository_iam_member" "hub" {
  for_each = local.registry_pushers

  location   = var.region
  repository = google_artifact_registry_repository.registry[each.value.registry].name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.hub[each.value.hub].member
}
