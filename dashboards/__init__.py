"""Grafana's dashboards of `helm-charts/support/files/dashboards`: `python -m dashboards` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards import cluster, dask, environment, homes, hub, users
from dashboards.grafana import as_json

if TYPE_CHECKING:
    from dashboards.model import Dashboard

OF_HUBS: tuple[Dashboard, ...] = (
    hub.DASHBOARD,
    users.DASHBOARD,
    environment.DASHBOARD,
    homes.DASHBOARD,
    dask.DASHBOARD,
)
"""What asks for a hub's own namespace only, so that its community can be shown it."""
OF_CLUSTERS: tuple[Dashboard, ...] = (cluster.DASHBOARD,)


def files() -> dict[str, str]:
    """Return the text of each file by its path below `files/dashboards`."""
    folders = {"hubs": OF_HUBS, "cluster": OF_CLUSTERS}
    return {f"{folder}/{each.uid}.json": as_json(each) for folder, found in folders.items() for each in found}
