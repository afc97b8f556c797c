# Who signs in to databases. Hubs can do nothing in one but what an administrator grants them there; administrators
# can do all.

locals {
  # What an administrator of the cluster is, as databases call it.
  kinds_of_users = {
    group          = "CLOUD_IAM_GROUP"
    serviceAccount = "CLOUD_IAM_SERVICE_ACCOUNT"
    user           = "CLOUD_IAM_USER"
  }
  database_admins = merge([
    for name, _ in var.databases : {
      for admin in var.admins : "${name}/${admin}" => {
        database = name
        kind     = local.kinds_of_users[split(":", admin)[0]]
        login    = split(":", admin)[1]
        member   = admin
      } if contains(keys(local.kinds_of_users), split(":", admin)[0])
    }
  ]...)
  database_hubs = merge([
    for hub, permission in var.permissions : {
      for database in permission.databases : "${database}/${hub}" => { database = database, hub = hub }
    }
  ]...)
  # To reach a database is one role, and to sign in another.
  database_roles = {
    for pair in setproduct(
      concat(
        [for key, each in local.database_admins : { key = key, database = each.database, member = each.member }],
        [for key, each in local.database_hubs : { key = key, database = each.database, member = google_service_account.hub[each.hub].member }],
      ),
      ["roles/cloudsql.client", "roles/cloudsql.instanceUser"],
    ) : "${pair[0].key}/${pair[1]}" => merge(pair[0], { role = pair[1] })
  }
}

resource "google_sql_user" "admin" {
  for_each = local.database_admins

  instance = google_sql_database_instance.database[each.value.database].name
  # PostgreSQL takes no longer names.
  name           = var.databases[each.value.database].engine == "postgresql" ? trimsuffix(each.value.login, ".gserviceaccount.com") : each.value.login
  type           = each.value.kind
  database_roles = ["cloudsqlsuperuser"]
  # One that owns something can't be deleted. Without its roles it can't sign in.
  deletion_policy = "ABANDON"
}

resource "google_sql_user" "hub" {
  for_each = local.database_hubs

  instance        = google_sql_database_instance.database[each.value.database].name
  name            = var.databases[each.value.database].engine == "postgresql" ? trimsuffix(google_service_account.hub[each.value.hub].email, ".gserviceaccount.com") : google_service_account.hub[each.value.hub].email
  type            = "CLOUD_IAM_SERVICE_ACCOUNT"
  deletion_policy = "ABANDON"
}

resource "google_project_iam_member" "database" {
  for_each = local.database_roles

  project = var.project
  role    = each.value.role
  member  = each.value.member

  condition {
    title      = "Database ${each.value.database} of ${var.name}"
    expression = "resource.type == \"sqladmin.googleapis.com/Instance\" && resource.name == \"projects/${var.project}/instances/${google_sql_database_instance.database[each.value.database].name}\""
  }
}
