# What the module makes of its variables, without AWS: `terraform test`, or `tofu test`.

mock_provider "aws" {
  mock_resource "aws_eks_cluster" {
    defaults = {
      arn      = "arn:aws:eks:us-west-2:123456789012:cluster/alps"
      identity = [{ oidc = [{ issuer = "https://oidc.example.org/id/ALPS" }] }]
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/ALPS" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::alps-scratch" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-west-2:123456789012:key/1" }
  }
  mock_resource "aws_db_instance" {
    defaults = {
      master_user_secret = [{
        kms_key_id    = "arn:aws:kms:us-west-2:123456789012:key/2"
        secret_arn    = "arn:aws:secretsmanager:us-west-2:123456789012:secret:some"
        secret_status = "active"
      }]
    }
  }
  mock_resource "aws_kinesis_firehose_delivery_stream" {
    defaults = { arn = "arn:aws:firehose:us-west-2:123456789012:deliverystream/alps-logs" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-1" }
  }
  mock_resource "aws_eks_node_group" {
    defaults = { resources = [{ autoscaling_groups = [{ name = "group" }], remote_access_security_group_id = "" }] }
  }
  mock_data "aws_caller_identity" {
    defaults = { arn = "arn:aws:iam::123456789012:role/builder" }
  }
  mock_data "aws_iam_session_context" {
    defaults = { issuer_arn = "arn:aws:iam::123456789012:role/builder" }
  }
  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.0.0-eksbuild.1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

mock_provider "aws" {
  alias = "global"

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:alps-uptime" }
  }
}

mock_provider "aws" {
  alias = "copies"
}

variables {
  account            = "123456789012"
  cluster_name       = "alps"
  kubernetes_version = "1.34"
  name               = "alps"
  node_pools = {
    core = { generation = "aaaaaa", machine = "r6i.large", max = 3, min = 1 }
    gpu = {
      generation = "bbbbbb", machine = "g5.xlarge", max = 2, min = 0, gpu = true, zones = ["us-west-2b"]
      taints     = [{ key = "nvidia.com/gpu", effect = "NoSchedule" }]
    }
  }
  region = "us-west-2"
  zones  = ["us-west-2a", "us-west-2b"]
}

run "nodes_are_in_the_first_zone_if_a_pool_does_not_say_otherwise" {
  assert {
    condition     = aws_eks_node_group.pool["core"].subnet_ids == toset([aws_subnet.private["us-west-2a"].id])
    error_message = "core is not in the first zone's private subnet"
  }
  assert {
    condition     = aws_eks_node_group.pool["gpu"].subnet_ids == toset([aws_subnet.private["us-west-2b"].id])
    error_message = "gpu is not in the zone that it names"
  }
  assert {
    condition     = aws_eks_node_group.pool["gpu"].ami_type == "AL2023_x86_64_NVIDIA"
    error_message = "nodes with GPUs need an image with their driver"
  }
}

run "a_new_network_has_two_subnets_in_each_zone_and_one_way_out" {
  assert {
    condition     = [for zone in var.zones : aws_subnet.private[zone].cidr_block] == ["10.0.0.0/19", "10.0.32.0/19"]
    error_message = "private subnets are an eighth of the network each"
  }
  assert {
    condition     = [for zone in var.zones : aws_subnet.public[zone].cidr_block] == ["10.0.128.0/22", "10.0.132.0/22"]
    error_message = "public subnets are in the network's other half"
  }
  assert {
    condition     = length(aws_nat_gateway.cluster) == 1
    error_message = "private nodes need a way out"
  }
  assert {
    condition     = length(aws_budgets_budget.monthly) == 0
    error_message = "nobody asked for a budget"
  }
}

run "public_nodes_need_no_gateway_of_their_own" {
  variables {
    network = { private_nodes = false }
  }
  assert {
    condition     = length(aws_nat_gateway.cluster) == 0
    error_message = "there is a gateway that nobody uses and somebody pays for"
  }
  assert {
    condition     = aws_eks_node_group.pool["core"].subnet_ids == toset([aws_subnet.public["us-west-2a"].id])
    error_message = "public nodes are in public subnets"
  }
}

run "nothing_is_made_in_a_network_of_somebody_else" {
  variables {
    network = { existing = { id = "vpc-1", private_subnets = ["subnet-1", "subnet-2"] } }
  }
  assert {
    condition     = length(aws_vpc.cluster) + length(aws_subnet.private) + length(aws_subnet.public) == 0
    error_message = "a network is made beside the existing one"
  }
  assert {
    condition     = aws_eks_node_group.pool["gpu"].subnet_ids == toset(["subnet-2"])
    error_message = "subnets are in the order of the zones"
  }
}

run "an_api_that_nobody_may_reach_over_the_internet_has_no_public_address" {
  variables {
    network = { allowed_ranges = [] }
  }
  assert {
    condition     = !aws_eks_cluster.cluster.vpc_config[0].endpoint_public_access
    error_message = "the API is open to the internet"
  }
}

run "users_have_what_is_in_buckets_and_not_the_buckets" {
  variables {
    buckets = { scratch = {} }
    permissions = {
      research = { service_account = "user-sa", read = ["scratch"], write = ["scratch"] }
    }
  }
  assert {
    condition = alltrue([
      for action in flatten([for each in jsondecode(aws_iam_role_policy.hub["research"].policy).Statement : each.Action]) :
      can(regex("Object|Multipart|^s3:(ListBucket|GetBucketLocation)$", action))
    ])
    error_message = "a user may do something to a bucket itself"
  }
}

run "nothing_is_made_that_nobody_asks_for" {
  assert {
    condition = 0 == sum([for each in [
      aws_budgets_budget.monthly, aws_db_instance.database, aws_ebs_volume.homes, aws_ecr_repository.registry,
      aws_efs_file_system.homes, aws_eks_access_entry.admin, aws_flow_log.nodes, aws_iam_role.ci, aws_iam_role.dns,
      aws_iam_role.hub, aws_iam_role.log_export, aws_kinesis_firehose_delivery_stream.logs,
      aws_route53_health_check.hub, aws_route53_zone.dns, aws_s3_bucket.bucket,
    ] : length(each)])
    error_message = "there is something that nobody asked for"
  }
}

run "databases_are_in_private_subnets_and_nobody_knows_a_password" {
  variables {
    databases = {
      grades = { engine = "postgresql", machine = "db.t4g.small", size = 20, version = "17" }
      wiki   = { engine = "mysql", machine = "db.t4g.small", size = 20, version = "8.4.5" }
    }
    # Mocks of OpenTofu give all subnets one id: these have names.
    network = { existing = { id = "vpc-1", private_subnets = ["subnet-1", "subnet-2"], public_subnets = ["subnet-3", "subnet-4"] } }
  }
  assert {
    condition     = aws_db_subnet_group.databases[0].subnet_ids == toset(["subnet-1", "subnet-2"])
    error_message = "databases are not in all of the private subnets, or in others too"
  }
  assert {
    condition     = alltrue([for each in aws_db_instance.database : !each.publicly_accessible && each.storage_encrypted])
    error_message = "a database has a public address, or is not encrypted"
  }
  assert {
    condition     = alltrue([for each in aws_db_instance.database : each.manage_master_user_password && each.password == null && each.password_wo == null])
    error_message = "there is a password that is not RDS's own"
  }
  assert {
    condition     = { for name, each in aws_db_parameter_group.database : name => each.family } == { grades = "postgres17", wiki = "mysql8.4" }
    error_message = "the settings are for another version than the database's"
  }
  assert {
    condition     = alltrue([for each in aws_vpc_security_group_ingress_rule.databases : each.cidr_ipv4 == null && each.from_port == each.to_port])
    error_message = "others than the nodes reach a database"
  }
}

run "unprotected_switches_off_exactly_one" {
  variables {
    databases = {
      grades = { engine = "postgresql", machine = "db.t4g.small", size = 20, version = "17" }
      wiki   = { engine = "mysql", machine = "db.t4g.small", size = 20, version = "8.4" }
    }
    unprotected = ["aws_db_instance.database[\"wiki\"]"]
  }
  assert {
    condition     = { for name, each in aws_db_instance.database : name => each.deletion_protection } == { grades = true, wiki = false }
    error_message = "what is to go refuses, or what is to stay does not"
  }
}

run "exported_logs_and_costs_have_buckets_of_their_own" {
  variables {
    buckets     = { scratch = { delete_after_days = 7 } }
    cost_export = true
    logs        = { export_days = 400 }
  }
  assert {
    condition     = { for name, each in aws_s3_bucket.bucket : name => each.bucket } == { costs = "alps-costs", logs = "alps-logs", scratch = "alps-scratch" }
    error_message = "the buckets are others"
  }
  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.bucket["logs"].rule[0].expiration[0].days == 400
    error_message = "logs are not kept for as long as is said"
  }
  assert {
    condition     = toset(keys(aws_s3_bucket_lifecycle_configuration.bucket)) == toset(["logs", "scratch"])
    error_message = "what was spent is forgotten after some days"
  }
  assert {
    condition     = alltrue([for name in ["costs", "logs"] : aws_s3_bucket_public_access_block.bucket[name].block_public_policy && aws_s3_bucket_public_access_block.bucket[name].restrict_public_buckets])
    error_message = "an export may be read by the public"
  }
  assert {
    condition = { for name, each in aws_s3_bucket_policy.bucket : name => length([
      for statement in jsondecode(each.policy).Statement : statement
      if statement.Effect == "Allow" && can(statement.Principal.Service)
    ]) > 0 } == { costs = true, logs = false, scratch = false }
    error_message = "a service of AWS may write where it has nothing to write, or may not where it has"
  }
}

run "node_versions_keep_one_pool_where_it_is" {
  variables {
    node_versions = { gpu = "1.33" }
  }
  assert {
    condition     = { for name, each in aws_eks_node_group.pool : name => each.version } == { core = "1.34", gpu = "1.33" }
    error_message = "gpu is not at the version that is said for it, or another pool is kept back too"
  }
  assert {
    condition     = aws_eks_cluster.cluster.version == "1.34"
    error_message = "the control plane does not go first"
  }
}

run "each_address_is_asked_as_it_is_and_somebody_is_told" {
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
    condition = { for name, each in aws_route53_health_check.hub : name => "${each.fqdn}:${each.port}${each.resource_path}" } == {
      maths             = "maths.example.org:8443/m/hub/health"
      "support.grafana" = "grafana.example.org:443/api/health"
    }
    error_message = "hosts, ports and paths are those that were given"
  }
  assert {
    condition     = alltrue([for each in aws_route53_health_check.hub : each.regions == null || length(coalesce(each.regions, [])) == 0])
    error_message = "all regions look"
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.hub) == keys(aws_route53_health_check.hub)
    error_message = "nobody is told of what is looked at"
  }
  assert {
    condition     = keys(aws_sns_topic_subscription.uptime) == ["ops@example.org"]
    error_message = "who is told is not who was named"
  }
}

run "without_an_address_nobody_is_told_of_any" {
  variables {
    uptime = { alert_emails = ["ops@example.org"], checks = {} }
  }
  assert {
    condition     = 0 == sum([for each in [aws_route53_health_check.hub, aws_sns_topic.uptime, aws_sns_topic_subscription.uptime] : length(each)])
    error_message = "there is something that looks at nothing"
  }
}
