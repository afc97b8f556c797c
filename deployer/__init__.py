"""Describe a fleet of JupyterHubs, check it, deploy it, and prove that a user can work."""
