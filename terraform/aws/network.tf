# A network of its own: a public and a private subnet in each zone, one way out for private nodes, and none of
# the traffic with S3 goes through it. Or the subnets of a network that somebody else made.

locals {
  own_network     = var.network.existing == null
  subnet_zones    = local.own_network ? toset(var.zones) : toset([])
  private_subnets = local.own_network ? [for zone in var.zones : aws_subnet.private[zone].id] : var.network.existing.private_subnets
  public_subnets  = local.own_network ? [for zone in var.zones : aws_subnet.public[zone].id] : var.network.existing.public_subnets
  network_id      = local.own_network ? aws_vpc.cluster[0].id : var.network.existing.id
  node_subnets    = var.network.private_nodes ? local.private_subnets : local.public_subnets
  nat             = local.own_network && var.network.private_nodes ? 1 : 0
}

resource "aws_vpc" "cluster" {
  count = local.own_network ? 1 : 0

  cidr_block           = var.network.range
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# Nothing is in it. A security group that lets all through, which AWS makes, would be there to be used by mistake.
resource "aws_default_security_group" "empty" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.cluster[0].id
}

resource "aws_subnet" "private" {
  for_each = local.subnet_zones

  vpc_id            = aws_vpc.cluster[0].id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.network.range, 3, index(var.zones, each.value))

  tags = {
    Name                              = "${var.name}-private-${each.value}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "public" {
  for_each = local.subnet_zones

  vpc_id                  = aws_vpc.cluster[0].id
  availability_zone       = each.value
  cidr_block              = cidrsubnet(var.network.range, 6, 32 + index(var.zones, each.value))
  map_public_ip_on_launch = !var.network.private_nodes

  tags = {
    Name                     = "${var.name}-public-${each.value}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_internet_gateway" "cluster" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.cluster[0].id
  tags   = { Name = var.name }
}

resource "aws_eip" "nat" {
  count = local.nat

  domain = "vpc"
  tags   = { Name = "${var.name}-nat" }
}

# One for all zones: nodes run in one zone, and each more costs as much as a small machine.
resource "aws_nat_gateway" "cluster" {
  count = local.nat

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[var.zones[0]].id
  tags          = { Name = var.name }

  depends_on = [aws_internet_gateway.cluster]
}

resource "aws_route_table" "public" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.cluster[0].id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "public" {
  count = local.own_network ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.cluster[0].id
}

resource "aws_route_table_association" "public" {
  for_each = local.subnet_zones

  route_table_id = aws_route_table.public[0].id
  subnet_id      = aws_subnet.public[each.value].id
}

resource "aws_route_table" "private" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.cluster[0].id
  tags   = { Name = "${var.name}-private" }
}

resource "aws_route" "private" {
  count = local.nat

  route_table_id         = aws_route_table.private[0].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.cluster[0].id
}

resource "aws_route_table_association" "private" {
  for_each = local.subnet_zones

  route_table_id = aws_route_table.private[0].id
  subnet_id      = aws_subnet.private[each.value].id
}

# Data in buckets of the region goes neither through the NAT gateway nor on its bill.
resource "aws_vpc_endpoint" "s3" {
  count = local.own_network ? 1 : 0

  vpc_id          = aws_vpc.cluster[0].id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = [aws_route_table.private[0].id, aws_route_table.public[0].id]
  tags            = { Name = "${var.name}-s3" }
}
