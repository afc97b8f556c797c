# What a month of the cluster may cost, and mails when most of it is spent or about to be.

resource "azurerm_consumption_budget_subscription" "monthly" {
  count = var.budget == null ? 0 : 1

  name            = var.name
  subscription_id = "/subscriptions/${var.subscription}"
  amount          = var.budget.monthly
  time_grain      = "Monthly"

  # Nodes, their disks and load balancers are in a group of AKS's own.
  filter {
    dimension {
      name   = "ResourceGroupName"
      values = [azurerm_resource_group.cluster.name, azurerm_kubernetes_cluster.cluster.node_resource_group]
    }
  }

  time_period {
    # Azure takes the current month, and none before it.
    start_date = formatdate("YYYY-MM-01'T'00:00:00'Z'", plantimestamp())
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 90
    threshold_type = "Actual"
    contact_emails = var.budget.alert_emails
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 110
    threshold_type = "Forecasted"
    contact_emails = var.budget.alert_emails
  }

  lifecycle {
    ignore_changes = [time_period]
  }
}
