# The zone with the hubs' names, and a role for what changes it from inside: external-dns and cert-manager.

locals {
  dns     = var.dns == null ? 0 : 1
  own_dns = var.dns == null ? 0 : var.dns.existing ? 0 : 1
  zone_id = one(concat(aws_route53_zone.dns[*].zone_id, data.aws_route53_zone.dns[*].zone_id))
  records = {
    for record in var.dns == null ? [] : var.dns.records : "${record.name}/${record.type}" => merge(record, {
      name = record.name == "@" ? var.dns.zone : "${record.name}.${var.dns.zone}"
      # A text of more than 255 characters is several, as a key of DKIM is.
      values = [for value in record.values : record.type == "TXT" ? replace(value, "/(.{255})(.)/", "$1\"\"$2") : value]
    })
  }
}

resource "aws_route53_zone" "dns" {
  count = local.own_dns

  name    = var.dns.zone
  comment = "Hubs of ${var.name}"
  # External-dns leaves records behind.
  force_destroy = true
}

data "aws_route53_zone" "dns" {
  count = local.dns - local.own_dns

  name         = var.dns.zone
  private_zone = false
}

resource "aws_route53_record" "dns" {
  for_each = local.records

  zone_id = local.zone_id
  name    = each.value.name
  type    = each.value.type
  records = each.value.values
  ttl     = each.value.ttl
}

resource "aws_iam_role" "dns" {
  count = local.dns

  name               = "${var.name}-dns"
  assume_role_policy = local.trust["dns"]
}

resource "aws_iam_role_policy" "dns" {
  count = local.dns

  name = "zone"
  role = aws_iam_role.dns[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
        Resource = ["arn:${data.aws_partition.current.partition}:route53:::hostedzone/${local.zone_id}"]
      },
      {
        Effect   = "Allow"
        Action   = ["route53:GetChange"]
        Resource = ["arn:${data.aws_partition.current.partition}:route53:::change/*"]
      },
      # By these they find the zone; they can't be allowed for one.
      {
        Effect   = "Allow"
        Action   = ["route53:ListHostedZones", "route53:ListHostedZonesByName"]
        Resource = ["*"]
      },
    ]
  })
}
