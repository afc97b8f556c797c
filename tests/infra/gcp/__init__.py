"""Clusters on Google Cloud that are planned without it."""
