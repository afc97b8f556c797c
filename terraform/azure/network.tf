# A network of its own: one subnet, since on Azure a subnet spans the zones of a region, and one way out for
# private nodes. Pods have addresses of their own that nobody outside the cluster sees. Or somebody else's subnet.

locals {
  own_network = var.network.existing == null
  network_id  = local.own_network ? azurerm_virtual_network.cluster[0].id : var.network.existing.id
  subnet      = local.own_network ? azurerm_subnet.nodes[0].id : var.network.existing.private_subnets[0]
  nat         = local.own_network && var.network.private_nodes ? 1 : 0
  ranges = {
    nodes = cidrsubnet(var.network.range, 1, 0)
    # Each node takes 256 of them, so these do for 1024 nodes. They can't be changed later.
    pods     = "10.244.0.0/14"
    services = "10.248.0.0/16"
  }
  zone = slice(var.zones, 0, min(1, length(var.zones)))
}

resource "azurerm_virtual_network" "cluster" {
  count = local.own_network ? 1 : 0

  name                = var.name
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  address_space       = [var.network.range]
  tags                = local.tags
}

resource "azurerm_subnet" "nodes" {
  count = local.own_network ? 1 : 0

  name                            = "${var.name}-nodes"
  resource_group_name             = azurerm_resource_group.cluster.name
  virtual_network_name            = azurerm_virtual_network.cluster[0].name
  address_prefixes                = [local.ranges.nodes]
  default_outbound_access_enabled = false

  # Homes and buckets go neither through the NAT gateway nor on its bill, and accounts know who asks.
  service_endpoint {
    service = "Microsoft.Storage"
  }
}

resource "azurerm_public_ip" "nat" {
  count = local.nat

  name                = "${var.name}-nat"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = local.zone
  tags                = local.tags
}

resource "azurerm_nat_gateway" "nat" {
  count = local.nat

  name                    = "${var.name}-nat"
  location                = var.location
  resource_group_name     = azurerm_resource_group.cluster.name
  sku_name                = "Standard"
  idle_timeout_in_minutes = 10
  zones                   = local.zone
  tags                    = local.tags
}

resource "azurerm_nat_gateway_public_ip_association" "nat" {
  count = local.nat

  nat_gateway_id       = azurerm_nat_gateway.nat[0].id
  public_ip_address_id = azurerm_public_ip.nat[0].id
}

resource "azurerm_subnet_nat_gateway_association" "nodes" {
  count = local.nat

  subnet_id      = azurerm_subnet.nodes[0].id
  nat_gateway_id = azurerm_nat_gateway.nat[0].id
}
