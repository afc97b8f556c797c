"""The types of resources that have a version of Kubernetes: control planes and nodes of all clouds."""

from __future__ import annotations

CONTROL_PLANES = {
    "aws_eks_cluster": ("aws", "version", "version"),
    "azurerm_kubernetes_cluster": ("azure", "kubernetes_version", "current_kubernetes_version"),
    "google_container_cluster": ("gcp", "min_master_version", "master_version"),
}
"""For each its cloud, and the attributes of the version that is asked for and of the one that runs."""
NODE_GROUPS = {
    "aws_eks_node_group": ("version", "node_group_name"),
    "azurerm_kubernetes_cluster_node_pool": ("orchestrator_version", "name"),
    "google_container_node_pool": ("version", "name"),
}
"""For each the attributes of its version and of its name in the cloud."""
