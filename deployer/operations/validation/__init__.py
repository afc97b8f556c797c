"""Checking a fleet without any cluster, credential or key."""
