"""Describing new clusters and hubs: questions, then answers, then a plan, then files."""
