"""Dask clusters of users' own, through Dask Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.computed import Subject

_OPTIONS = "dask/cluster_options.py"


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a gateway with these choices; what servers need for it is computed."""
    return {"dask-gateway": {"enabled": True, **choices(subject, settings)}}


def choices(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of the chart `dask-gateway`: what users may choose.

    The gateway runs the parts of its configuration in the order of their names.
    """
    sizes = [_size(size) for size in settings["worker_sizes"]]
    told = {**settings, "worker_sizes": sizes}
    parts = {
        "deployer-1-settings": f"SETTINGS = {told!r}\n",
        "deployer-2-cluster-options": subject.chart_files[_OPTIONS],
    }
    return {"gateway": {"extraConfig": parts}}


def _size(size: Mapping[str, Any]) -> dict[str, Any]:
    cpu, memory = size["cpu"], size["memory_gb"]
    return {
        "name": f"{cpu:g} CPU, {memory:g} GB",
        "cores": round(cpu * 0.9, 2),
        "cores_limit": cpu,
        # Dask Gateway's G is 1024³ bytes.
        "memory": f"{memory:g}G",
    }
