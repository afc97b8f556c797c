# The project: its number, the APIs that are used, and the labels that everything bears.

locals {
  labels = merge(var.labels, { "deployer-cluster" = var.name })
  apis = concat(
    ["cloudkms", "compute", "container", "iam", "logging", "storage"],
    length(local.shares) == 0 ? [] : ["file"],
    length(local.backed_up) == 0 ? [] : ["backupdr"],
    length(var.databases) == 0 ? [] : ["sqladmin"],
    length(var.registries) == 0 ? [] : ["artifactregistry"],
    var.budget == null ? [] : ["billingbudgets", "cloudbilling"],
    var.budget == null && var.uptime == null ? [] : ["monitoring"],
    var.ci == null ? [] : ["iamcredentials", "sts"],
    var.cost_export ? ["bigquery"] : [],
    var.dns == null ? [] : ["dns"],
  )
}

# By itself, for what is known of the project not to be read anew when another API is wanted.
resource "google_project_service" "projects" {
  service            = "cloudresourcemanager.googleapis.com"
  disable_on_destroy = false
}

# Others may use them too: they stay.
resource "google_project_service" "used" {
  for_each = toset(local.apis)

  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false

  depends_on = [google_project_service.projects]
}

data "google_project" "project" {
  project_id = var.project

  depends_on = [google_project_service.projects]
}
