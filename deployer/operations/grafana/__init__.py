"""The central Grafana of a fleet: clusters are its data sources, deploys its annotations."""
