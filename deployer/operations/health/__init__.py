"""The health check: a check user's journey through a hub, from log-in to a removed home."""
