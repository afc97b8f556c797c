# What is written down of the control plane and the network, and whether hubs answer.

locals {
  # CloudWatch takes no other numbers: the next one is at least as long.
  retention   = min([for days in [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] : days if days >= var.logs.keep_days]...)
  log_export  = var.logs.export_days == null ? 0 : 1
  logged      = var.network.flow_logs ? toset(var.zones) : toset([])
  checks      = var.uptime == null ? {} : var.uptime.checks
  watched     = length(local.checks) > 0 ? 1 : 0
  alert_mails = length(local.checks) > 0 ? toset(var.uptime.alert_emails) : toset([])
}

resource "aws_cloudwatch_log_group" "cluster" {
  name              = "/aws/eks/${var.cluster_name}/cluster"
  retention_in_days = local.retention
}

# EKS writes to CloudWatch only. From there Firehose brings it into the bucket, as it comes: compressed.
resource "aws_iam_role" "log_export" {
  count = local.log_export

  name = "${var.name}-log-export"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "firehose.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "log_export" {
  count = local.log_export

  name = "bucket"
  role = aws_iam_role.log_export[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"]
      Resource = [aws_s3_bucket.bucket["logs"].arn, "${aws_s3_bucket.bucket["logs"].arn}/*"]
    }]
  })
}

resource "aws_kinesis_firehose_delivery_stream" "logs" {
  count = local.log_export

  name        = "${var.name}-logs"
  destination = "extended_s3"

  extended_s3_configuration {
    bucket_arn          = aws_s3_bucket.bucket["logs"].arn
    buffering_interval  = 300
    buffering_size      = 64
    error_output_prefix = "errors/"
    prefix              = "kubernetes/"
    role_arn            = aws_iam_role.log_export[0].arn
  }

  server_side_encryption {
    enabled = true
  }

  depends_on = [aws_iam_role_policy.log_export]
}

resource "aws_iam_role" "logs" {
  count = local.log_export

  name = "${var.name}-logs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "logs.amazonaws.com" }
      Condition = { StringLike = { "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account}:*" } }
    }]
  })
}

resource "aws_iam_role_policy" "logs" {
  count = local.log_export

  name = "stream"
  role = aws_iam_role.logs[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
      Resource = [aws_kinesis_firehose_delivery_stream.logs[0].arn]
    }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "logs" {
  count = local.log_export

  name            = "${var.name}-logs"
  destination_arn = aws_kinesis_firehose_delivery_stream.logs[0].arn
  filter_pattern  = ""
  log_group_name  = aws_cloudwatch_log_group.cluster.name
  role_arn        = aws_iam_role.logs[0].arn

  depends_on = [aws_iam_role_policy.logs]
}

resource "aws_cloudwatch_log_group" "network" {
  count = var.network.flow_logs ? 1 : 0

  name              = "/aws/vpc/${var.name}"
  retention_in_days = local.retention
}

resource "aws_iam_role" "flow_logs" {
  count = var.network.flow_logs ? 1 : 0

  name = "${var.name}-flow-logs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_iam_role_policy" "flow_logs" {
  count = var.network.flow_logs ? 1 : 0

  name = "log"
  role = aws_iam_role.flow_logs[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.network[0].arn}:*"]
      }, {
      Effect   = "Allow"
      Action   = ["logs:DescribeLogGroups"]
      Resource = ["*"]
    }]
  })
}

# Of the nodes' subnets: a network that somebody else made may have others in it.
resource "aws_flow_log" "nodes" {
  for_each = local.logged

  iam_role_arn    = aws_iam_role.flow_logs[0].arn
  log_destination = aws_cloudwatch_log_group.network[0].arn
  subnet_id       = local.node_subnets[index(var.zones, each.value)]
  traffic_type    = "ALL"

  depends_on = [aws_iam_role_policy.flow_logs]
}

# Checkers in all regions that AWS has for it ask every 30 seconds each. Any status below 400 is an answer, and they
# look at no certificate. What they find, and alarms about it, are in us-east-1.
resource "aws_route53_health_check" "hub" {
  for_each = local.checks

  enable_sni        = true
  failure_threshold = 3
  fqdn              = each.value.host
  port              = each.value.port
  request_interval  = 30
  resource_path     = each.value.path
  type              = "HTTPS"

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_sns_topic" "uptime" {
  count    = local.watched
  provider = aws.global

  name = "${var.name}-uptime"
}

resource "aws_sns_topic_policy" "uptime" {
  count    = local.watched
  provider = aws.global

  arn = aws_sns_topic.uptime[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Alarms"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Resource  = aws_sns_topic.uptime[0].arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

# Each gets a mail first, to say yes to.
resource "aws_sns_topic_subscription" "uptime" {
  for_each = local.alert_mails
  provider = aws.global

  endpoint  = each.value
  protocol  = "email"
  topic_arn = aws_sns_topic.uptime[0].arn
}

resource "aws_cloudwatch_metric_alarm" "hub" {
  for_each = local.checks
  provider = aws.global

  alarm_name          = "${var.name}-${each.key}-answers"
  alarm_description   = "${each.value.url} does not answer"
  alarm_actions       = [aws_sns_topic.uptime[0].arn]
  ok_actions          = [aws_sns_topic.uptime[0].arn]
  comparison_operator = "LessThanThreshold"
  dimensions          = { HealthCheckId = aws_route53_health_check.hub[each.key].id }
  evaluation_periods  = 3
  metric_name         = "HealthCheckStatus"
  namespace           = "AWS/Route53"
  period              = 60
  statistic           = "Minimum"
  threshold           = 1
}
