# What can't be changed in place is part of a pool's name, as its generation: a changed pool comes as a new one,
# before the old one goes.

locals {
  # GKE has names of its own for what taints do.
  taint_effects = {
    NoExecute        = "NO_EXECUTE"
    NoSchedule       = "NO_SCHEDULE"
    PreferNoSchedule = "PREFER_NO_SCHEDULE"
  }
  # What nodes may do is for the roles of their service account to say.
  scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  # One of our own, or one that somebody else made, and gave its roles to.
  own_account  = var.identities.nodes == null
  node_account = local.own_account ? google_service_account.nodes[0].email : var.identities.nodes
  # Nodes can't get another account in place.
  generations = {
    for name, pool in var.node_pools :
    name => local.own_account ? pool.generation : substr(sha256("${pool.generation} ${var.identities.nodes}"), 0, 6)
  }
}

resource "google_service_account" "nodes" {
  count = local.own_account ? 1 : 0

  account_id   = "${var.name}-nodes"
  display_name = "Nodes of ${var.name}"

  depends_on = [google_project_service.used]
}

# To write logs and metrics, and to get images: nothing else.
resource "google_project_iam_member" "nodes" {
  for_each = toset(local.own_account ? ["roles/artifactregistry.reader", "roles/container.defaultNodeServiceAccount"] : [])

  project = var.project
  role    = each.value
  member  = google_service_account.nodes[0].member
}

resource "google_container_node_pool" "pool" {
  for_each = var.node_pools

  cluster        = google_container_cluster.cluster.id
  name           = "${each.key}-${local.generations[each.key]}"
  node_locations = coalesce(each.value.zones, [var.zones[0]])
  # Without one, nodes follow the control plane in their windows.
  version = lookup(var.node_versions, each.key, null)
  # In each zone, to begin with.
  initial_node_count = ceil(each.value.min / length(coalesce(each.value.zones, [var.zones[0]])))

  autoscaling {
    # Spot machines are where there are some.
    location_policy      = each.value.spot ? "ANY" : "BALANCED"
    total_max_node_count = each.value.max
    total_min_node_count = each.value.min
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  # A new node comes before an old one is drained.
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
    strategy        = "SURGE"
  }

  node_config {
    disk_size_gb    = each.value.disk
    disk_type       = "pd-balanced"
    image_type      = "COS_CONTAINERD"
    labels          = each.value.labels
    machine_type    = each.value.machine
    oauth_scopes    = local.scopes
    resource_labels = merge(local.labels, each.value.tags)
    service_account = local.node_account
    spot            = each.value.spot

    dynamic "guest_accelerator" {
      for_each = each.value.gpu == null ? [] : [each.value.gpu]
      content {
        count = guest_accelerator.value.count
        type  = guest_accelerator.value.type

        gpu_driver_installation_config {
          gpu_driver_version = "DEFAULT"
        }

        dynamic "gpu_sharing_config" {
          for_each = guest_accelerator.value.sharing == null ? [] : [guest_accelerator.value.sharing]
          content {
            gpu_sharing_strategy       = "TIME_SHARING"
            max_shared_clients_per_gpu = gpu_sharing_config.value
          }
        }
      }
    }

    kubelet_config {
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    shielded_instance_config {
      enable_integrity_monitoring = true
      enable_secure_boot          = true
    }

    dynamic "taint" {
      for_each = each.value.taints
      content {
        effect = local.taint_effects[taint.value.effect]
        key    = taint.value.key
        value  = taint.value.value == null ? "" : taint.value.value
      }
    }

    # A pod gets its own identity, never its node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    create_before_destroy = true
    # The autoscaler's.
    ignore_changes = [initial_node_count]
  }

  depends_on = [
    google_compute_router_nat.nat,
    google_project_iam_member.nodes,
  ]
}
