# What the module makes of its variables, without Google Cloud: `terraform test`, or `tofu test`.

mock_provider "google" {
  mock_resource "google_compute_network" {
    defaults = { id = "projects/alps-hubs/global/networks/alps" }
  }
  mock_resource "google_compute_subnetwork" {
    defaults = { id = "projects/alps-hubs/regions/europe-west1/subnetworks/alps-nodes" }
  }
  mock_resource "google_container_cluster" {
    defaults = { id = "projects/alps-hubs/locations/europe-west1/clusters/alps" }
  }
  mock_resource "google_filestore_instance" {
    defaults = { networks = { ip_addresses = ["10.0.0.2"] } }
  }
  mock_resource "google_kms_crypto_key" {
    defaults = { id = "projects/alps-hubs/locations/europe-west1/keyRings/alps/cryptoKeys/secrets" }
  }
  mock_resource "google_service_account" {
    defaults = {
      email  = "servers@alps-hubs.iam.gserviceaccount.com"
      member = "serviceAccount:servers@alps-hubs.iam.gserviceaccount.com"
      name   = "projects/alps-hubs/serviceAccounts/servers@alps-hubs.iam.gserviceaccount.com"
    }
  }
  mock_data "google_project" {
    defaults = { billing_account = "AAAAAA-BBBBBB-CCCCCC", number = "123456789012" }
  }
}

variables {
  cluster_name       = "alps"
  kubernetes_version = "1.34"
  location           = "europe-west1"
  name               = "alps"
  node_pools = {
    core = { generation = "aaaaaa", machine = "n2-highmem-4", max = 3, min = 1 }
    gpu = {
      generation = "bbbbbb", machine = "n1-highmem-8", max = 2, min = 0, zones = ["europe-west1-c"]
      gpu        = { count = 1, type = "nvidia-tesla-t4" }
      taints     = [{ key = "nvidia.com/gpu", effect = "NoSchedule" }]
    }
  }
  project = "alps-hubs"
  region  = "europe-west1"
  zones   = ["europe-west1-b", "europe-west1-c"]
}

run "nodes_are_in_the_first_zone_if_a_pool_does_not_say_otherwise" {
  assert {
    condition     = google_container_node_pool.pool["core"].node_locations == toset(["europe-west1-b"])
    error_message = "core is not in the first zone"
  }
  assert {
    condition     = google_container_node_pool.pool["gpu"].node_locations == toset(["europe-west1-c"])
    error_message = "gpu is not in the zone that it names"
  }
  assert {
    condition     = google_container_node_pool.pool["core"].name == "core-aaaaaa"
    error_message = "the generation is not part of the pool's name"
  }
}

run "a_control_plane_in_a_zone_does_not_name_it_twice" {
  variables {
    location = "europe-west1-b"
  }
  assert {
    condition     = google_container_cluster.cluster.node_locations == toset(["europe-west1-c"])
    error_message = "GKE refuses the cluster's own zone among those besides"
  }
}

run "a_new_network_has_ranges_apart_and_one_way_out" {
  assert {
    condition     = google_compute_subnetwork.nodes[0].ip_cidr_range == "10.0.0.0/20"
    error_message = "nodes have a sixteenth of the network"
  }
  assert {
    condition = { for each in google_compute_subnetwork.nodes[0].secondary_ip_range : each.range_name => each.ip_cidr_range } == {
      pods = "10.0.128.0/17", services = "10.0.16.0/20"
    }
    error_message = "pods have half of the network, and services what is behind the nodes"
  }
  assert {
    condition     = length(google_compute_router_nat.nat) == 1
    error_message = "private nodes need a way out"
  }
}

run "nothing_is_made_that_nobody_asks_for" {
  assert {
    condition = 0 == sum([for each in [
      google_artifact_registry_repository.registry, google_backup_dr_backup_vault.homes,
      google_bigquery_dataset.costs, google_billing_budget.monthly, google_compute_disk.homes,
      google_dns_managed_zone.hubs, google_filestore_instance.homes, google_iam_workload_identity_pool.ci,
      google_monitoring_uptime_check_config.hub, google_project_iam_member.admin, google_service_account.ci,
      google_service_account.dns, google_service_account.hub, google_sql_database_instance.database,
      google_storage_bucket.bucket, google_storage_bucket.logs,
    ] : length(each)])
    error_message = "there is something that nobody asked for"
  }
  assert {
    condition = toset(keys(google_project_service.used)) == toset([
      "cloudkms", "compute", "container", "iam", "logging", "storage",
    ])
    error_message = "an API is enabled that nothing uses"
  }
}

run "public_nodes_need_no_gateway_of_their_own" {
  variables {
    network = { private_nodes = false }
  }
  assert {
    condition     = length(google_compute_router.nat) + length(google_compute_router_nat.nat) == 0
    error_message = "there is a gateway that nobody uses and somebody pays for"
  }
  assert {
    condition     = !google_container_cluster.cluster.private_cluster_config[0].enable_private_nodes
    error_message = "nodes have no addresses, and no way out either"
  }
}

run "nothing_is_made_in_a_network_of_somebody_else" {
  variables {
    network = {
      existing = {
        id              = "projects/host/global/networks/shared"
        pod_range       = "hub-pods"
        private_subnets = ["projects/host/regions/europe-west1/subnetworks/hubs"]
        service_range   = "hub-services"
      }
    }
  }
  assert {
    condition = 0 == sum([for each in [
      google_compute_network.cluster, google_compute_router.nat, google_compute_router_nat.nat, google_compute_subnetwork.nodes,
    ] : length(each)])
    error_message = "a network, or a part of one, is made beside the existing one"
  }
  assert {
    condition     = google_container_cluster.cluster.subnetwork == "projects/host/regions/europe-west1/subnetworks/hubs"
    error_message = "the cluster is in another subnet"
  }
  assert {
    condition     = google_container_cluster.cluster.ip_allocation_policy[0].cluster_secondary_range_name == "hub-pods"
    error_message = "pods are not in the range that is meant for them"
  }
}

run "an_api_that_nobody_may_reach_over_the_internet_has_no_public_address" {
  variables {
    network = { allowed_ranges = [] }
  }
  assert {
    condition     = google_container_cluster.cluster.private_cluster_config[0].enable_private_endpoint
    error_message = "the API is open to the internet"
  }
}

run "users_have_what_is_in_buckets_and_not_the_buckets" {
  variables {
    buckets = { scratch = {}, others = {} }
    permissions = {
      research = { service_account = "user-sa", read = ["scratch"], write = ["scratch"] }
    }
  }
  assert {
    condition = { for key, each in google_storage_bucket_iam_member.hub : key => each.role } == {
      "research/scratch/read"  = "roles/storage.objectViewer"
      "research/scratch/write" = "roles/storage.objectUser"
    }
    error_message = "a user may do something to a bucket itself, or has something in another"
  }
  assert {
    condition     = length(google_project_iam_member.hub) == 0
    error_message = "a user has a role in all of the project"
  }
  assert {
    condition     = google_service_account_iam_member.hub["research"].member == "serviceAccount:alps-hubs.svc.id.goog[research/user-sa]"
    error_message = "another service account than that of the servers has their roles"
  }
}

run "what_refuses_to_go_is_the_cluster_and_what_holds_data" {
  variables {
    databases    = { grades = { engine = "postgresql", machine = "db-custom-2-7680", size = 20, version = "17" } }
    home_storage = { common = { kind = "share", size = 1024 }, spare = { kind = "share", size = 1024 } }
  }
  assert {
    condition = alltrue([
      google_container_cluster.cluster.deletion_protection,
      google_filestore_instance.homes["common"].deletion_protection_enabled,
      google_filestore_instance.homes["spare"].deletion_protection_enabled,
      google_sql_database_instance.database["grades"].deletion_protection,
      google_sql_database_instance.database["grades"].settings[0].deletion_protection_enabled,
    ])
    error_message = "something does not refuse to be deleted"
  }
}

run "unprotected_switches_off_exactly_one" {
  variables {
    databases    = { grades = { engine = "postgresql", machine = "db-custom-2-7680", size = 20, version = "17" } }
    home_storage = { common = { kind = "share", size = 1024 }, spare = { kind = "share", size = 1024 } }
    unprotected  = ["google_filestore_instance.homes[\"spare\"]"]
  }
  assert {
    condition     = !google_filestore_instance.homes["spare"].deletion_protection_enabled
    error_message = "what is to go refuses"
  }
  assert {
    condition = alltrue([
      google_container_cluster.cluster.deletion_protection,
      google_filestore_instance.homes["common"].deletion_protection_enabled,
      google_sql_database_instance.database["grades"].deletion_protection,
      google_sql_database_instance.database["grades"].settings[0].deletion_protection_enabled,
    ])
    error_message = "something else does not refuse any more"
  }
}

run "nobody_has_a_password_of_a_database_or_an_address_in_the_world" {
  variables {
    admins      = ["user:ada@example.org"]
    databases   = { grades = { engine = "postgresql", machine = "db-custom-2-7680", size = 20, version = "17" } }
    permissions = { research = { service_account = "user-sa", databases = ["grades"] } }
  }
  assert {
    condition     = !google_sql_database_instance.database["grades"].settings[0].ip_configuration[0].ipv4_enabled
    error_message = "the database has a public address"
  }
  assert {
    condition     = google_compute_address.database["grades"].subnetwork == google_compute_subnetwork.nodes[0].id
    error_message = "the database's address is not in the nodes' subnet"
  }
  assert {
    condition     = google_sql_database_instance.database["grades"].root_password == null
    error_message = "there is a password, and it is in the state"
  }
  assert {
    condition     = alltrue([for each in merge(google_sql_user.admin, google_sql_user.hub) : each.password == null && startswith(each.type, "CLOUD_IAM_")])
    error_message = "somebody signs in with a password"
  }
}

run "node_versions_keep_one_pool_where_it_is" {
  variables {
    node_versions = { gpu = "1.33" }
  }
  assert {
    condition     = google_container_node_pool.pool["gpu"].version == "1.33"
    error_message = "gpu is not at the version that is said for it"
  }
  assert {
    condition     = google_container_node_pool.pool["core"].version != "1.33"
    error_message = "another pool is kept back too"
  }
  assert {
    condition     = google_container_cluster.cluster.min_master_version == "1.34"
    error_message = "the control plane does not go first"
  }
}

run "each_address_is_asked_as_it_is_and_somebody_is_told" {
  command = plan

  variables {
    uptime = {
      alert_emails = ["ops@example.org"]
      checks = {
        maths             = { host = "maths.example.org", path = "/m/hub/health", port = 8443, status = 200, url = "https://maths.example.org:8443/m/hub/health" }
        "support.grafana" = { host = "grafana.example.org", path = "/api/health", port = 443, status = 204, url = "https://grafana.example.org/api/health" }
      }
    }
  }
  assert {
    condition = { for name, each in google_monitoring_uptime_check_config.hub : name => [
      each.monitored_resource[0].labels.host, each.http_check[0].port, each.http_check[0].path,
      each.http_check[0].accepted_response_status_codes[0].status_value,
      ] } == {
      maths             = ["maths.example.org", 8443, "/m/hub/health", 200]
      "support.grafana" = ["grafana.example.org", 443, "/api/health", 204]
    }
    error_message = "hosts, ports, paths and statuses are those that were given"
  }
  assert {
    condition     = keys(google_monitoring_alert_policy.hub) == keys(google_monitoring_uptime_check_config.hub)
    error_message = "nobody is told of what is looked at"
  }
  assert {
    condition     = keys(google_monitoring_notification_channel.uptime) == ["ops@example.org"]
    error_message = "who is told is not who was named"
  }
}

run "without_an_address_nobody_is_told_of_any" {
  command = plan

  variables {
    uptime = { alert_emails = ["ops@example.org"], checks = {} }
  }
  assert {
    condition     = 0 == sum([for each in [google_monitoring_alert_policy.hub, google_monitoring_notification_channel.uptime] : length(each)])
    error_message = "there is something that looks at nothing"
  }
}

run "upgrades_keep_out_of_freezes" {
  variables {
    freezes = { exams = { start = "2026-12-01T10:00:00Z", end = "2026-12-19T12:00:00Z" } }
  }
  assert {
    condition = {
      for each in google_container_cluster.cluster.maintenance_policy[0].maintenance_exclusion :
      each.exclusion_name => [each.start_time, each.end_time, each.exclusion_options[0].scope]
    } == { exams = ["2026-12-01T10:00:00Z", "2026-12-19T12:00:00Z", "NO_UPGRADES"] }
    error_message = "GKE may upgrade during exams"
  }
}
