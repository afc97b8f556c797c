# A network of its own: one subnet, since on Google Cloud a subnet spans a region, with ranges of their own for
# pods and services, and one way out for private nodes. Or the subnet of a network that somebody else made.

locals {
  own_network = var.network.existing == null
  network_id  = local.own_network ? google_compute_network.cluster[0].id : var.network.existing.id
  subnet      = local.own_network ? google_compute_subnetwork.nodes[0].id : var.network.existing.private_subnets[0]
  nat         = local.own_network && var.network.private_nodes ? 1 : 0
  # GKE gives each node 256 addresses for its pods, so these get half of all. A range of /16 does for 128 nodes.
  ranges = {
    nodes    = cidrsubnet(var.network.range, 4, 0)
    services = cidrsubnet(var.network.range, 4, 1)
    pods     = cidrsubnet(var.network.range, 1, 1)
  }
  # Without names, GKE makes ranges in a subnet of somebody else by itself.
  range_names = local.own_network ? { pods = "pods", services = "services" } : {
    pods     = var.network.existing.pod_range
    services = var.network.existing.service_range
  }
}

resource "google_compute_network" "cluster" {
  count = local.own_network ? 1 : 0

  name                    = var.name
  auto_create_subnetworks = false

  depends_on = [google_project_service.used]
}

resource "google_compute_subnetwork" "nodes" {
  count = local.own_network ? 1 : 0

  name          = "${var.name}-nodes"
  network       = google_compute_network.cluster[0].id
  region        = var.region
  ip_cidr_range = local.ranges.nodes
  # Images and buckets of Google's go neither through the NAT gateway nor on its bill.
  private_ip_google_access = true

  dynamic "log_config" {
    for_each = var.network.flow_logs ? [true] : []
    content {
      aggregation_interval = "INTERVAL_5_SEC"
      flow_sampling        = 1
      metadata             = "INCLUDE_ALL_METADATA"
    }
  }

  secondary_ip_range {
    range_name    = local.range_names.pods
    ip_cidr_range = local.ranges.pods
  }

  secondary_ip_range {
    range_name    = local.range_names.services
    ip_cidr_range = local.ranges.services
  }
}

resource "google_compute_router" "nat" {
  count = local.nat

  name    = "${var.name}-nat"
  network = google_compute_network.cluster[0].id
  region  = var.region
}

resource "google_compute_router_nat" "nat" {
  count = local.nat

  name                               = "${var.name}-nat"
  router                             = google_compute_router.nat[0].name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  # A node has many users: the 64 connections that a machine has by default are soon used up.
  enable_dynamic_port_allocation      = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 256
  max_ports_per_vm                    = 8192

  subnetwork {
    name                    = google_compute_subnetwork.nodes[0].id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
