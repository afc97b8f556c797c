# The zone with the names of the hubs, and who may change records in it: external-dns and cert-manager, nobody else.

locals {
  own_zone    = var.dns != null && !try(var.dns.existing, false)
  zone_exists = var.dns != null && try(var.dns.existing, false)
  dns_zone    = var.dns == null ? null : one(concat(azurerm_dns_zone.hubs[*], data.azurerm_dns_zone.hubs[*]))
  dns_count   = var.dns == null ? 0 : 1
  records = { for type in ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT"] : type => {
    for record in try(var.dns.records, []) : record.name => record if record.type == type
  } }
  dns_users = toset(var.dns == null ? [] : ["cert-manager", "external-dns"])
}

resource "azurerm_dns_zone" "hubs" {
  count = local.own_zone ? 1 : 0

  name                = var.dns.zone
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

data "azurerm_dns_zone" "hubs" {
  count = local.zone_exists ? 1 : 0

  name = var.dns.zone
}

resource "azurerm_dns_a_record" "record" {
  for_each = local.records["A"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  records             = each.value.values
  tags                = local.tags
}

resource "azurerm_dns_aaaa_record" "record" {
  for_each = local.records["AAAA"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  records             = each.value.values
  tags                = local.tags
}

resource "azurerm_dns_caa_record" "record" {
  for_each = local.records["CAA"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  tags                = local.tags

  # Such as `0 issue "letsencrypt.org"`.
  dynamic "record" {
    for_each = [for value in each.value.values : split(" ", value)]
    content {
      flags = tonumber(record.value[0])
      tag   = record.value[1]
      value = trim(record.value[2], "\"")
    }
  }
}

resource "azurerm_dns_cname_record" "record" {
  for_each = local.records["CNAME"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  record              = each.value.values[0]
  tags                = local.tags
}

resource "azurerm_dns_mx_record" "record" {
  for_each = local.records["MX"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  tags                = local.tags

  # Such as `10 mail.example.org`.
  dynamic "record" {
    for_each = [for value in each.value.values : split(" ", value)]
    content {
      preference = record.value[0]
      exchange   = record.value[1]
    }
  }
}

resource "azurerm_dns_ns_record" "record" {
  for_each = local.records["NS"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  records             = each.value.values
  tags                = local.tags
}

resource "azurerm_dns_txt_record" "record" {
  for_each = local.records["TXT"]

  name                = each.key
  zone_name           = local.dns_zone.name
  resource_group_name = local.dns_zone.resource_group_name
  ttl                 = each.value.ttl
  tags                = local.tags

  dynamic "record" {
    for_each = each.value.values
    content {
      value = record.value
    }
  }
}

resource "azurerm_user_assigned_identity" "dns" {
  count = local.dns_count

  name                = "${var.name}-dns"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "dns" {
  for_each = local.dns_users

  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.dns[0].id
  issuer                    = azurerm_kubernetes_cluster.cluster.oidc_issuer_url
  subject                   = "system:serviceaccount:support:${each.key}"
  audience                  = local.audience
}

# Azure's own role for that lets the zone itself be deleted too.
resource "azurerm_role_definition" "dns" {
  count = local.dns_count

  name        = "${var.name} changes DNS records (${substr(sha256(local.unique), 0, 6)})"
  scope       = local.dns_zone.id
  description = "To change the records that hubs have in a zone, and nothing else of the zone."

  permissions {
    actions = concat(
      ["Microsoft.Network/dnsZones/read", "Microsoft.Network/dnsZones/recordsets/read"],
      flatten([
        for type in ["A", "AAAA", "CNAME", "TXT"] :
        [for action in ["delete", "read", "write"] : "Microsoft.Network/dnsZones/${type}/${action}"]
      ]),
    )
  }
}

resource "azurerm_role_assignment" "dns" {
  count = local.dns_count

  scope                            = local.dns_zone.id
  role_definition_id               = azurerm_role_definition.dns[0].role_definition_resource_id
  principal_id                     = azurerm_user_assigned_identity.dns[0].principal_id
  principal_type                   = "ServicePrincipal"
  skip_service_principal_aad_check = true
}
