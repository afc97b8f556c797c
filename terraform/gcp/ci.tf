# An identity for CI, which an issuer of tokens vouches for: it finds the cluster, and administers Kubernetes.

locals {
  ci           = var.ci == null ? 0 : 1
  ci_subjects  = toset(var.ci == null ? [] : var.ci.subjects)
  rbac_objects = ["clusterRoleBindings", "clusterRoles", "roleBindings", "roles"]
  rbac_verbs   = ["create", "delete", "get", "list", "update"]
}

resource "google_service_account" "ci" {
  count = local.ci

  account_id   = "${var.name}-ci"
  display_name = "CI of ${var.name}"

  depends_on = [google_project_service.used]
}

# What charts of hubs have that `roles/container.developer` does not let one make. It is no right to change or delete
# the cluster itself, which `roles/container.admin` would be.
resource "google_project_iam_custom_role" "ci" {
  count = local.ci

  role_id     = "${replace(var.name, "-", "_")}_ci"
  title       = "CI of ${var.name}"
  description = "Roles and webhooks of Kubernetes, as charts have them"
  permissions = concat(
    [for pair in setproduct(local.rbac_objects, local.rbac_verbs) : "container.${pair[0]}.${pair[1]}"],
    [for pair in setproduct(["clusterRoles", "roles"], ["bind", "escalate"]) : "container.${pair[0]}.${pair[1]}"],
    [for pair in setproduct(["mutatingWebhookConfigurations", "validatingWebhookConfigurations"], local.rbac_verbs) : "container.${pair[0]}.${pair[1]}"],
  )

  depends_on = [google_project_service.used]
}

resource "google_project_iam_member" "ci" {
  for_each = local.ci == 0 ? {} : {
    developer = "roles/container.developer"
    rbac      = "projects/${var.project}/roles/${google_project_iam_custom_role.ci[0].role_id}"
  }

  project = var.project
  role    = each.value
  member  = google_service_account.ci[0].member
}

# Google keeps ids that begin with `gcp-` for itself, so the name comes last.
resource "google_iam_workload_identity_pool" "ci" {
  count = local.ci

  workload_identity_pool_id = "ci-${var.name}"
  description               = "CI of ${var.name}"

  depends_on = [google_project_service.used]
}

resource "google_iam_workload_identity_pool_provider" "ci" {
  count = local.ci

  workload_identity_pool_id          = google_iam_workload_identity_pool.ci[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.sub in ${jsonencode(var.ci.subjects)}"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }

  oidc {
    issuer_uri = var.ci.issuer
  }
}

resource "google_service_account_iam_member" "ci" {
  for_each = local.ci_subjects

  service_account_id = google_service_account.ci[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.ci[0].name}/subject/${each.value}"
}
