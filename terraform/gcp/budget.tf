# What a month of the project may cost, and mails when most of it is spent or about to be.

locals {
  alert_emails = toset(var.budget == null ? [] : var.budget.alert_emails)
}

resource "google_monitoring_notification_channel" "budget" {
  for_each = local.alert_emails

  display_name = "${each.value}: budget of ${var.name}"
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = local.labels

  depends_on = [google_project_service.used]
}

resource "google_billing_budget" "monthly" {
  count = var.budget == null ? 0 : 1

  billing_account = data.google_project.project.billing_account
  display_name    = var.name

  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(floor(var.budget.monthly))
      nanos         = floor((var.budget.monthly - floor(var.budget.monthly)) * 1000000000)
    }
  }

  # All of the project: much of what a cluster costs, such as its network, bears no labels.
  budget_filter {
    calendar_period = "MONTH"
    projects        = ["projects/${data.google_project.project.number}"]
  }

  threshold_rules {
    threshold_percent = 0.9
    spend_basis       = "CURRENT_SPEND"
  }

  threshold_rules {
    threshold_percent = 1.1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [for email in local.alert_emails : google_monitoring_notification_channel.budget[email].id]
    disable_default_iam_recipients   = true
  }

  depends_on = [google_project_service.used]
}
