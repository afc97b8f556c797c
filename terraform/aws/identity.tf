# What pods may do in AWS, by the names of their service accounts: no long-lived keys.

locals {
  issuer = replace(aws_eks_cluster.cluster.identity[0].oidc[0].issuer, "https://", "")
  trust = {
    for name, subject in merge(
      { for hub, permission in var.permissions : "hub/${hub}" => "system:serviceaccount:${hub}:${permission.service_account}" },
      {
        dns        = ["system:serviceaccount:support:cert-manager", "system:serviceaccount:support:external-dns"]
        autoscaler = "system:serviceaccount:support:cluster-autoscaler"
        ebs_csi    = "system:serviceaccount:kube-system:ebs-csi-controller-sa"
        efs_csi    = "system:serviceaccount:kube-system:efs-csi-*"
      },
    ) :
    name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = aws_iam_openid_connect_provider.cluster.arn }
        # The one of EFS has several service accounts, in a namespace that nobody else makes any in.
        Condition = merge(
          { StringEquals = merge(
            { "${local.issuer}:aud" = "sts.amazonaws.com" },
            name == "efs_csi" ? {} : { "${local.issuer}:sub" = subject },
          ) },
          name == "efs_csi" ? { StringLike = { "${local.issuer}:sub" = subject } } : {},
        )
      }]
    })
  }
  # A user can use what is in a bucket or a database, and can neither delete the bucket nor change its policy.
  hub_statements = {
    for hub, permission in var.permissions : hub => concat(
      [
        for bucket in distinct(concat(permission.read, permission.write)) : {
          Effect   = "Allow"
          Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
          Resource = [aws_s3_bucket.bucket[bucket].arn]
        }
      ],
      [
        for bucket in permission.read : {
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = ["${aws_s3_bucket.bucket[bucket].arn}/*"]
        }
      ],
      [
        for bucket in permission.write : {
          Effect   = "Allow"
          Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
          Resource = ["${aws_s3_bucket.bucket[bucket].arn}/*"]
        }
      ],
      # As the user of the database that has the hub's name.
      [
        for database in permission.databases : {
          Effect   = "Allow"
          Action   = ["rds-db:connect"]
          Resource = ["arn:${data.aws_partition.current.partition}:rds-db:${var.region}:${var.account}:dbuser:${aws_db_instance.database[database].resource_id}/${hub}"]
        }
      ],
      [
        for registry in permission.push : {
          Effect = "Allow"
          Action = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:DescribeImages",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
          ]
          Resource = [aws_ecr_repository.registry[registry].arn]
        }
      ],
      [
        for needed in length(permission.push) > 0 ? ["ecr:GetAuthorizationToken"] : [] : {
          Effect   = "Allow"
          Action   = [needed]
          Resource = ["*"]
        }
      ],
    )
  }
  hub_roles = merge([
    for hub, permission in var.permissions : { for role in permission.roles : "${hub}/${role}" => { hub = hub, role = role } }
  ]...)
}

resource "aws_iam_openid_connect_provider" "cluster" {
  client_id_list = ["sts.amazonaws.com"]
  url            = aws_eks_cluster.cluster.identity[0].oidc[0].issuer
}

resource "aws_iam_role" "hub" {
  for_each = var.permissions

  name               = "${var.name}-${each.key}"
  assume_role_policy = local.trust["hub/${each.key}"]
}

resource "aws_iam_role_policy" "hub" {
  for_each = { for hub, statements in local.hub_statements : hub => statements if length(statements) > 0 }

  name   = "permissions"
  role   = aws_iam_role.hub[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "hub" {
  for_each = local.hub_roles

  role       = aws_iam_role.hub[each.value.hub].name
  policy_arn = each.value.role
}

resource "aws_iam_role" "ebs_csi" {
  name               = "${var.name}-ebs-csi"
  assume_role_policy = local.trust["ebs_csi"]
}

resource "aws_iam_role_policy_attachment" "ebs_csi" {
  role       = aws_iam_role.ebs_csi.name
  policy_arn = "${local.managed_policy}/service-role/AmazonEBSCSIDriverPolicy"
}

resource "aws_iam_role" "efs_csi" {
  name               = "${var.name}-efs-csi"
  assume_role_policy = local.trust["efs_csi"]
}

resource "aws_iam_role_policy_attachment" "efs_csi" {
  role       = aws_iam_role.efs_csi.name
  policy_arn = "${local.managed_policy}/service-role/AmazonEFSCSIDriverPolicy"
}

resource "aws_iam_role" "autoscaler" {
  name               = "${var.name}-autoscaler"
  assume_role_policy = local.trust["autoscaler"]
}

resource "aws_iam_role_policy" "autoscaler" {
  name = "autoscaler"
  role = aws_iam_role.autoscaler.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeLaunchConfigurations",
          "autoscaling:DescribeScalingActivities",
          "autoscaling:DescribeTags",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:GetInstanceTypesFromInstanceRequirements",
          "eks:DescribeNodegroup",
        ]
        Resource = ["*"]
      },
      {
        Effect    = "Allow"
        Action    = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:ResourceTag/eks:cluster-name" = var.cluster_name } }
      },
    ]
  })
}
