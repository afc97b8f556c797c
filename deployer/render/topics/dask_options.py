"""What users of Dask Gateway may choose: settings, and the chart's Python that makes options of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.features import schema_of
from deployer.render.topics import dask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.computed import Subject

_PYTHON = "dask/cluster_options.py"


def dask_options(subject: Subject) -> dict[str, Any]:
    """Let users choose image, size of workers and idle time of a Dask cluster, within bounds.

    The gateway runs the parts of its configuration in the order of their names, so a hub's own come after.
    """
    python = subject.chart_files.get(_PYTHON)
    if subject.own_value(dask.SERVICE, "enabled") is not True or python is None:
        return {}
    settings = subject.look_up("custom", "deployer", "dask") or _defaults()
    told = {**settings, "worker_sizes": [_size(size) for size in settings["worker_sizes"]]}
    parts = {"deployer-1-settings": f"SETTINGS = {told!r}\n", "deployer-2-cluster-options": python}
    return {dask.SERVICE: {"gateway": {"extraConfig": parts}}}


def _defaults() -> dict[str, Any]:
    known = schema_of("dask")["properties"]
    return {name: part["default"] for name, part in known.items() if "default" in part}


def _size(size: Mapping[str, Any]) -> dict[str, Any]:
    cpu, memory = size["cpu"], size["memory_gb"]
    return {
        "name": f"{cpu:g} CPU, {memory:g} GB",
        "cores": round(cpu * 0.9, 2),
        "cores_limit": cpu,
        # Dask Gateway's G is 1024³ bytes.
        "memory": f"{memory:g}G",
    }
