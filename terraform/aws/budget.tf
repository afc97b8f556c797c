# What a month may cost, and mails when most of it is spent or about to be; and what was spent on what, each day.

locals {
  costs_arn    = "arn:${data.aws_partition.current.partition}:s3:::${var.name}-costs"
  our_reports  = { "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:cur:us-east-1:${var.account}:definition/*" }
  from_billing = { ArnLike = local.our_reports, StringEquals = { "aws:SourceAccount" = var.account } }
  # docs.aws.amazon.com/cur/latest/userguide/cur-s3.html
  cost_writers = [
    {
      Sid       = "Look"
      Effect    = "Allow"
      Action    = ["s3:GetBucketAcl", "s3:GetBucketPolicy"]
      Principal = { Service = "billingreports.amazonaws.com" }
      Resource  = [local.costs_arn]
      Condition = local.from_billing
    },
    {
      Sid       = "Write"
      Effect    = "Allow"
      Action    = ["s3:PutObject"]
      Principal = { Service = "billingreports.amazonaws.com" }
      Resource  = ["${local.costs_arn}/*"]
      Condition = local.from_billing
    },
  ]
}

resource "aws_budgets_budget" "monthly" {
  count = var.budget == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = format("%.1f", var.budget.monthly)
  limit_unit   = var.budget.currency
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:deployer/cluster$%s", var.name)]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "ACTUAL"
    subscriber_email_addresses = var.budget.alert_emails
    threshold                  = 90
    threshold_type             = "PERCENTAGE"
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = var.budget.alert_emails
    threshold                  = 110
    threshold_type             = "PERCENTAGE"
  }
}

# The older kind of export. To the newer one, AWS adds settings that this version of its provider stumbles over.
resource "aws_cur_report_definition" "costs" {
  count    = var.cost_export ? 1 : 0
  provider = aws.global

  additional_artifacts       = ["ATHENA"]
  additional_schema_elements = ["RESOURCES"]
  compression                = "Parquet"
  format                     = "Parquet"
  refresh_closed_reports     = true
  report_name                = "${var.name}-costs"
  report_versioning          = "OVERWRITE_REPORT"
  s3_bucket                  = aws_s3_bucket.bucket["costs"].bucket
  s3_prefix                  = "costs"
  s3_region                  = var.region
  time_unit                  = "DAILY"

  depends_on = [aws_s3_bucket_policy.bucket]
}
