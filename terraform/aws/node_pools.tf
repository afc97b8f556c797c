# One managed node group for each pool. What can't be changed in place is part of a group's name, as its
# generation: a changed pool comes as a new group, before the old one goes.

locals {
  node_role = var.identities.nodes == null ? aws_iam_role.nodes[0].arn : var.identities.nodes
  # EKS has names of its own for what taints do.
  taint_effects = {
    NoExecute        = "NO_EXECUTE"
    NoSchedule       = "NO_SCHEDULE"
    PreferNoSchedule = "PREFER_NO_SCHEDULE"
  }
  # The autoscaler makes nodes of a pool that has none yet only when it knows how they would look.
  scaling_hints = merge([
    for name, pool in var.node_pools : merge(
      {
        for label, value in pool.labels :
        "${name}/label/${label}" => { pool = name, key = "k8s.io/cluster-autoscaler/node-template/label/${label}", value = value }
      },
      {
        for taint in pool.taints :
        "${name}/taint/${taint.key}" => { pool = name, key = "k8s.io/cluster-autoscaler/node-template/taint/${taint.key}", value = "${taint.value == null ? "" : taint.value}:${taint.effect}" }
      },
      { for label, value in pool.tags : "${name}/tag/${label}" => { pool = name, key = label, value = value } },
    )
  ]...)
}

resource "aws_iam_role" "nodes" {
  count = var.identities.nodes == null ? 1 : 0

  name = "${var.name}-nodes"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = var.identities.nodes == null ? toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"]) : toset([])

  role       = aws_iam_role.nodes[0].name
  policy_arn = "${local.managed_policy}/${each.value}"
}

resource "aws_launch_template" "pool" {
  for_each = var.node_pools

  name_prefix = "${var.name}-${each.key}-"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted             = true
      volume_size           = each.value.disk
      volume_type           = "gp3"
      delete_on_termination = true
    }
  }

  # A pod is one hop further away than its node: it can't get the node's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
    http_tokens                 = "required"
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])
    content {
      resource_type = tag_specifications.value
      tags          = merge(local.tags, each.value.tags, { Name = "${var.name}-${each.key}" })
    }
  }
}

resource "aws_eks_node_group" "pool" {
  for_each = var.node_pools

  cluster_name    = aws_eks_cluster.cluster.name
  node_group_name = "${each.key}-${each.value.generation}"
  node_role_arn   = local.node_role
  version         = lookup(var.node_versions, each.key, var.kubernetes_version)
  subnet_ids = [
    for index, subnet in local.node_subnets : subnet
    if contains(coalesce(each.value.zones, [var.zones[0]]), var.zones[index])
  ]
  ami_type       = "AL2023_${each.value.arch == "arm64" ? "ARM_64" : "x86_64"}_${each.value.gpu ? "NVIDIA" : "STANDARD"}"
  capacity_type  = each.value.spot ? "SPOT" : "ON_DEMAND"
  instance_types = [each.value.machine]
  labels         = each.value.labels
  tags           = each.value.tags

  launch_template {
    id      = aws_launch_template.pool[each.key].id
    version = aws_launch_template.pool[each.key].latest_version
  }

  scaling_config {
    desired_size = each.value.min
    max_size     = each.value.max
    min_size     = each.value.min
  }

  dynamic "taint" {
    for_each = each.value.taints
    content {
      effect = local.taint_effects[taint.value.effect]
      key    = taint.value.key
      value  = taint.value.value
    }
  }

  update_config {
    max_unavailable = 1
  }

  lifecycle {
    create_before_destroy = true
    # The autoscaler's.
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [
    aws_eks_addon.network,
    aws_eks_addon.proxy,
    aws_iam_role_policy_attachment.nodes,
    aws_route.private,
    aws_route.public,
  ]
}

# The tags of a node group do not reach the autoscaling group that it makes.
resource "aws_autoscaling_group_tag" "hint" {
  for_each = local.scaling_hints

  autoscaling_group_name = aws_eks_node_group.pool[each.value.pool].resources[0].autoscaling_groups[0].name

  tag {
    key                 = each.value.key
    value               = each.value.value
    propagate_at_launch = false
  }
}
