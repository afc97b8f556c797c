# What a month may cost, and mails when most of it is spent or about to be.

resource "aws_budgets_budget" "monthly" {
  count = var.budget == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = format("%.1f", var.budget.monthly)
  limit_unit   = var.budget.currency
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:deployer/cluster$${var.name}"]
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

resource "aws_ce_cost_allocation_tag" "cluster" {
  count = var.budget == null ? 0 : 1

  tag_key = "deployer/cluster"
  status  = "Active"
}
