terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "8.0.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region

  # Some APIs, that of budgets above all, want to know whose quota an operator's own login uses.
  billing_project       = var.project
  user_project_override = true

  add_terraform_attribution_label = false
  default_labels                  = local.labels
}
