# A role for CI, which an issuer of tokens vouches for: it finds the cluster, and administers Kubernetes.

locals {
  ci        = var.ci == null ? 0 : 1
  ci_issuer = var.ci == null ? "" : replace(var.ci.issuer, "https://", "")
}

# An account has one for an issuer, which all its clusters use: it is looked up, and goes with none of them.
data "aws_iam_openid_connect_provider" "ci" {
  count = local.ci

  url = var.ci.issuer
}

resource "aws_iam_role" "ci" {
  count = local.ci

  name = "${var.name}-ci"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = data.aws_iam_openid_connect_provider.ci[0].arn }
      Condition = { StringEquals = {
        "${local.ci_issuer}:aud" = "sts.amazonaws.com"
        "${local.ci_issuer}:sub" = var.ci.subjects
      } }
    }]
  })
}

resource "aws_iam_role_policy" "ci" {
  count = local.ci

  name = "cluster"
  role = aws_iam_role.ci[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["eks:DescribeCluster"]
      Resource = [aws_eks_cluster.cluster.arn]
    }]
  })
}

resource "aws_eks_access_entry" "ci" {
  count = local.ci

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_iam_role.ci[0].arn
}

resource "aws_eks_access_policy_association" "ci" {
  count = local.ci

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_eks_access_entry.ci[0].principal_arn
  policy_arn    = local.administer

  access_scope {
    type = "cluster"
  }
}
