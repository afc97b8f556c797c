"""What holds people's work, or is hard to get back: no plan may take it away unless somebody says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Protection:
    """A class of resources that the guard looks after, and what people lose with one."""

    name: str
    lost: str


CLUSTER = Protection(name="cluster", lost="all hubs of the cluster, until they are deployed to a new one")
NODE_POOL = Protection(name="node pool", lost="every server and hub that runs on its nodes")
NETWORK = Protection(name="network", lost="the way to everything that is in it")
HOMES = Protection(name="home storage", lost="people's home directories")
BUCKET = Protection(name="bucket", lost="all objects in it")
DATABASE = Protection(name="database", lost="all that is in it")
DNS = Protection(name="DNS zone", lost="the names of all hubs in it; a new zone has other name servers")
KEY = Protection(name="key", lost="whatever is encrypted with it")

PROTECTED = {
    "aws_db_instance": DATABASE,
    "aws_ebs_snapshot": HOMES,
    "aws_ebs_volume": HOMES,
    "aws_efs_file_system": HOMES,
    "aws_eks_cluster": CLUSTER,
    "aws_eks_node_group": NODE_POOL,
    "aws_kms_key": KEY,
    "aws_rds_cluster": DATABASE,
    "aws_route53_zone": DNS,
    "aws_s3_bucket": BUCKET,
    "aws_subnet": NETWORK,
    "aws_vpc": NETWORK,
    "azurerm_dns_zone": DNS,
    "azurerm_key_vault": KEY,
    "azurerm_key_vault_key": KEY,
    "azurerm_kubernetes_cluster": CLUSTER,
    "azurerm_kubernetes_cluster_node_pool": NODE_POOL,
    "azurerm_managed_disk": HOMES,
    "azurerm_mysql_flexible_server": DATABASE,
    "azurerm_postgresql_flexible_server": DATABASE,
    "azurerm_resource_group": CLUSTER,
    "azurerm_storage_account": BUCKET,
    "azurerm_storage_container": BUCKET,
    "azurerm_storage_share": HOMES,
    "azurerm_subnet": NETWORK,
    "azurerm_virtual_network": NETWORK,
    "google_compute_disk": HOMES,
    "google_compute_network": NETWORK,
    "google_compute_subnetwork": NETWORK,
    "google_container_cluster": CLUSTER,
    "google_container_node_pool": NODE_POOL,
    "google_dns_managed_zone": DNS,
    "google_filestore_instance": HOMES,
    "google_kms_crypto_key": KEY,
    "google_kms_key_ring": KEY,
    "google_sql_database": DATABASE,
    "google_sql_database_instance": DATABASE,
    "google_storage_bucket": BUCKET,
    "kubernetes_persistent_volume_claim": HOMES,
    "kubernetes_persistent_volume_claim_v1": HOMES,
}
"""Types of resources of all providers, with their class."""
