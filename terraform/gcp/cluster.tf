# The control plane, who may use it, and the APIs and the key that it needs.

locals {
  labels      = merge(var.labels, { "deployer-cluster" = var.name })
  is_regional = var.location == var.region
  apis = concat(
    ["cloudkms", "compute", "container", "iam", "storage"],
    length(local.shares) > 0 ? ["file"] : [],
    var.budget == null ? [] : ["billingbudgets", "cloudbilling", "monitoring"],
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

resource "google_kms_key_ring" "cluster" {
  name     = var.name
  location = var.region

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key" "secrets" {
  name                       = "secrets"
  key_ring                   = google_kms_key_ring.cluster.id
  rotation_period            = "${90 * 24 * 3600}s"
  destroy_scheduled_duration = "${30 * 24 * 3600}s"
}

# GKE itself uses the key, under a name that the project's number is in.
resource "google_kms_crypto_key_iam_member" "gke" {
  crypto_key_id = google_kms_crypto_key.secrets.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.project.number}@container-engine-robot.iam.gserviceaccount.com"

  depends_on = [google_project_service.used]
}

resource "google_container_cluster" "cluster" {
  name                = var.cluster_name
  location            = var.location
  node_locations      = setsubtract(var.zones, local.is_regional ? [] : [var.location])
  min_master_version  = var.kubernetes_version
  deletion_protection = var.deletion_protection

  network           = local.network_id
  subnetwork        = local.subnet
  networking_mode   = "VPC_NATIVE"
  datapath_provider = "ADVANCED_DATAPATH"

  enable_shielded_nodes = true

  # A cluster can't be made without a pool. This one goes at once, and the pools of node_pools.tf come.
  initial_node_count       = 1
  remove_default_node_pool = true
  node_config {
    # Google's own default may be missing, and can do far more than nodes have to.
    service_account = google_service_account.nodes.email
    oauth_scopes    = local.scopes
    shielded_instance_config {
      enable_integrity_monitoring = true
      enable_secure_boot          = true
    }
  }

  addons_config {
    gce_persistent_disk_csi_driver_config {
      enabled = true
    }
    # Hubs come with an ingress controller of their own.
    http_load_balancing {
      disabled = true
    }
  }

  # Nodes that nobody needs go sooner.
  cluster_autoscaling {
    # Pools are made by us, and none by GKE.
    enabled             = false
    autoscaling_profile = "OPTIMIZE_UTILIZATION"
  }

  cost_management_config {
    enabled = true
  }

  database_encryption {
    state    = "ENCRYPTED"
    key_name = google_kms_crypto_key.secrets.id
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = local.range_names.pods
    services_secondary_range_name = local.range_names.services
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS"]
  }

  maintenance_policy {
    # When the fewest people work: GKE wants 48 hours in 32 days.
    recurring_window {
      start_time = "2026-01-03T02:00:00Z"
      end_time   = "2026-01-03T10:00:00Z"
      recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
    }
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  master_authorized_networks_config {
    # Machines of Google's customers are not more trustworthy than others.
    gcp_public_cidrs_access_enabled = false
    dynamic "cidr_blocks" {
      for_each = toset(var.network.allowed_ranges)
      content {
        cidr_block = cidr_blocks.value
      }
    }
  }

  # Clusters have a Prometheus of their own.
  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS"]
    managed_prometheus {
      enabled = false
    }
  }

  private_cluster_config {
    enable_private_nodes    = var.network.private_nodes
    enable_private_endpoint = length(var.network.allowed_ranges) == 0
  }

  release_channel {
    channel = "REGULAR"
  }

  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }

  lifecycle {
    # Those of the pool that went.
    ignore_changes = [initial_node_count, node_config]
  }

  depends_on = [
    google_kms_crypto_key_iam_member.gke,
    google_project_iam_member.nodes,
    google_project_service.used,
  ]
}
