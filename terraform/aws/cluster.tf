# The control plane, who may use it, and the add-ons that AWS keeps.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

# Of a session, the role that it is one of.
data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

locals {
  tags = merge(var.tags, { "deployer/cluster" = var.name })
  # An IAM policy of AWS's own.
  managed_policy = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  # EKS's own word for who may do everything in Kubernetes.
  administer   = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  cluster_role = var.identities.cluster == null ? aws_iam_role.cluster[0].arn : var.identities.cluster
  secrets_key  = var.secrets_key == null ? aws_kms_key.secrets[0].arn : data.aws_kms_key.secrets[0].arn
  # Nodes and the control plane are in it: what lets it in lets pods in.
  cluster_security_group = aws_eks_cluster.cluster.vpc_config[0].cluster_security_group_id
  # Nobody has two entries.
  admins = toset([for admin in var.admins : admin if admin != aws_eks_access_entry.builder.principal_arn])
  # Those that run on nodes come after the first pool.
  addons = {
    aws-ebs-csi-driver = { role = aws_iam_role.ebs_csi.arn }
    aws-efs-csi-driver = { role = aws_iam_role.efs_csi.arn }
    coredns            = { role = null }
  }
}

resource "aws_iam_role" "cluster" {
  count = var.identities.cluster == null ? 1 : 0

  name = "${var.name}-eks-cluster"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  count = var.identities.cluster == null ? 1 : 0

  role       = aws_iam_role.cluster[0].name
  policy_arn = "${local.managed_policy}/AmazonEKSClusterPolicy"
}

resource "aws_kms_key" "secrets" {
  count = var.secrets_key == null ? 1 : 0

  description             = "Kubernetes secrets of ${var.name}"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}

# EKS wants the ARN; people may have said the id or an alias.
data "aws_kms_key" "secrets" {
  count = var.secrets_key == null ? 0 : 1

  key_id = var.secrets_key
}

resource "aws_eks_cluster" "cluster" {
  name                          = var.cluster_name
  role_arn                      = local.cluster_role
  version                       = var.kubernetes_version
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = ["api", "audit", "authenticator"]

  # Who built it is named below, where a plan shows it.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = local.secrets_key
    }
  }

  # Nothing is moved to a dearer support plan in silence.
  upgrade_policy {
    support_type = upper(var.support)
  }

  vpc_config {
    endpoint_private_access = true
    endpoint_public_access  = length(var.network.allowed_ranges) > 0
    public_access_cidrs     = length(var.network.allowed_ranges) > 0 ? var.network.allowed_ranges : null
    subnet_ids              = concat(local.private_subnets, local.public_subnets)
  }

  lifecycle {
    # It can't be changed, and nobody can ask an imported cluster for it.
    ignore_changes = [access_config[0].bootstrap_cluster_creator_admin_permissions]
  }

  depends_on = [aws_cloudwatch_log_group.cluster, aws_iam_role_policy_attachment.cluster]
}

# Whoever builds the cluster administers it, also when somebody else changes it later.
resource "aws_eks_access_entry" "builder" {
  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = data.aws_iam_session_context.current.issuer_arn

  lifecycle {
    ignore_changes = [principal_arn]
  }
}

resource "aws_eks_access_policy_association" "builder" {
  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_eks_access_entry.builder.principal_arn
  policy_arn    = local.administer

  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_access_entry" "admin" {
  for_each = local.admins

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = each.value
}

resource "aws_eks_access_policy_association" "admin" {
  for_each = local.admins

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_eks_access_entry.admin[each.value].principal_arn
  policy_arn    = local.administer

  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_addon" "network" {
  cluster_name                = aws_eks_cluster.cluster.name
  addon_name                  = "vpc-cni"
  addon_version               = data.aws_eks_addon_version.fitting["vpc-cni"].version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  # Without it, EKS enforces no network policy, and hubs have nothing that keeps users' servers apart.
  configuration_values = jsonencode({ enableNetworkPolicy = "true" })
}

resource "aws_eks_addon" "proxy" {
  cluster_name                = aws_eks_cluster.cluster.name
  addon_name                  = "kube-proxy"
  addon_version               = data.aws_eks_addon_version.fitting["kube-proxy"].version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

resource "aws_eks_addon" "on_nodes" {
  for_each = local.addons

  cluster_name                = aws_eks_cluster.cluster.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.fitting[each.key].version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  service_account_role_arn    = each.value.role

  depends_on = [aws_eks_node_group.pool]
}

# An add-on keeps its version when the cluster gets another one, unless we say which fits.
data "aws_eks_addon_version" "fitting" {
  for_each = setunion(keys(local.addons), ["kube-proxy", "vpc-cni"])

  addon_name         = each.key
  kubernetes_version = var.kubernetes_version
}
