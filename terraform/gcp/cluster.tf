# The control plane: who may use it, when it changes, and what it tells.

locals {
  is_regional = var.location == var.region
  week        = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
  # GKE wants a window to begin at some time, from which it recurs: in a week that begins with a Monday.
  window_days  = [for day in local.week : day if contains(var.maintenance.days, day)]
  window_start = timeadd("2025-12-29T${var.maintenance.start}:00Z", "${24 * index(local.week, local.window_days[0])}h")
}

resource "google_container_cluster" "cluster" {
  name                = var.cluster_name
  location            = var.location
  node_locations      = setsubtract(var.zones, local.is_regional ? [] : [var.location])
  min_master_version  = var.kubernetes_version
  deletion_protection = var.deletion_protection && !contains(var.unprotected, "google_container_cluster.cluster")

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
    service_account = local.node_account
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
    key_name = local.secrets_key
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = local.range_names.pods
    services_secondary_range_name = local.range_names.services
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
  }

  maintenance_policy {
    recurring_window {
      start_time = local.window_start
      end_time   = timeadd(local.window_start, "${var.maintenance.hours}h")
      recurrence = "FREQ=WEEKLY;BYDAY=${join(",", [for day in local.window_days : upper(substr(day, 0, 2))])}"
    }
    dynamic "maintenance_exclusion" {
      for_each = var.freezes
      content {
        exclusion_name = maintenance_exclusion.key
        start_time     = maintenance_exclusion.value.start
        end_time       = maintenance_exclusion.value.end
        exclusion_options {
          scope = "NO_UPGRADES"
        }
      }
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
    channel = var.support == "extended" ? "EXTENDED" : "REGULAR"
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

# GKE knows no roles for one cluster: this one is for all of the project's, so a project should have one.
resource "google_project_iam_member" "admin" {
  for_each = toset(var.admins)

  project = var.project
  role    = "roles/container.admin"
  member  = each.value
}
