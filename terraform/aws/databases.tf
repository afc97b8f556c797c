# Databases: in the private subnets, for the nodes only, encrypted, and with no password that anybody knows. RDS
# keeps that of the first user in Secrets Manager; hubs sign in with their roles.

locals {
  engines = {
    mysql      = { name = "mysql", port = 3306, setting = "require_secure_transport" }
    postgresql = { name = "postgres", port = 5432, setting = "rds.force_ssl" }
  }
  # 17.4 is of the family postgres17, and 8.4.5 of mysql8.4.
  families = {
    for name, database in var.databases : name => join("", [
      local.engines[database.engine].name,
      join(".", slice(split(".", "${database.version}.0"), 0, database.engine == "mysql" ? 2 : 1)),
    ])
  }
}

resource "aws_db_subnet_group" "databases" {
  count = length(var.databases) > 0 ? 1 : 0

  name       = "${var.name}-databases"
  subnet_ids = local.private_subnets
}

resource "aws_security_group" "databases" {
  count = length(var.databases) > 0 ? 1 : 0

  name        = "${var.name}-databases"
  description = "Databases from the nodes"
  vpc_id      = local.network_id
}

resource "aws_vpc_security_group_ingress_rule" "databases" {
  for_each = toset([for database in values(var.databases) : database.engine])

  description                  = "${each.value} from the nodes"
  security_group_id            = aws_security_group.databases[0].id
  referenced_security_group_id = local.cluster_security_group
  from_port                    = local.engines[each.value].port
  ip_protocol                  = "tcp"
  to_port                      = local.engines[each.value].port
}

# Nobody gets in without TLS.
resource "aws_db_parameter_group" "database" {
  for_each = var.databases

  name   = "${var.name}-${each.key}-${replace(local.families[each.key], ".", "-")}"
  family = local.families[each.key]

  parameter {
    name  = local.engines[each.value.engine].setting
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A database that comes again by the same name leaves another snapshot than the last one did.
resource "terraform_data" "made" {
  for_each = var.databases

  input = formatdate("YYYYMMDDhhmmss", plantimestamp())

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_db_instance" "database" {
  for_each = var.databases

  identifier                  = "${var.name}-${each.key}"
  allocated_storage           = each.value.size
  allow_major_version_upgrade = true
  # Whoever applies a plan has seen what it says, and is not told the same for a week.
  apply_immediately                   = true
  auto_minor_version_upgrade          = true
  backup_retention_period             = each.value.keep_backups
  copy_tags_to_snapshot               = true
  db_subnet_group_name                = aws_db_subnet_group.databases[0].name
  delete_automated_backups            = false
  deletion_protection                 = var.deletion_protection && !contains(var.unprotected, "aws_db_instance.database[\"${each.key}\"]")
  engine                              = local.engines[each.value.engine].name
  engine_version                      = each.value.version
  final_snapshot_identifier           = "${var.name}-${each.key}-${terraform_data.made[each.key].output}"
  iam_database_authentication_enabled = true
  instance_class                      = each.value.machine
  manage_master_user_password         = true
  multi_az                            = each.value.high_availability
  parameter_group_name                = aws_db_parameter_group.database[each.key].name
  publicly_accessible                 = false
  storage_encrypted                   = true
  storage_type                        = "gp3"
  username                            = "administrator"
  vpc_security_group_ids              = [aws_security_group.databases[0].id]
}
