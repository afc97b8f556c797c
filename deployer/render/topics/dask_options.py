"""What users of Dask Gateway may choose: settings, and the chart's Python that makes options of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.features import schema_of
from deployer.fleet.machines.table import GIB, MIB
from deployer.fleet.node_pools import pools
from deployer.render.ladder import make_ladder
from deployer.render.topics import dask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster
    from deployer.render.subject import Subject

_PYTHON = "dask/cluster_options.py"
_CHOICES = 5
_USUAL = [{"cpu": cpu, "memory_gb": cpu * 4} for cpu in (1, 2, 4)]


def dask_options(subject: Subject) -> dict[str, Any]:
    """Let users choose image, size of workers and idle time of a Dask cluster, within bounds.

    The gateway runs the parts of its configuration in the order of their names, so a hub's own come after.
    """
    python = subject.chart_files.get(_PYTHON)
    if subject.own_value(dask.SERVICE, "enabled") is not True or python is None:
        return {}
    settings = {**_defaults(), **(subject.look_up("custom", "deployer", "dask") or {})}
    sizes = worker_sizes(subject.cluster, settings)
    bounds = {key: settings[key] for key in _defaults()}
    parts = {
        "deployer-1-settings": f"SETTINGS = { ({'worker_sizes': sizes, **bounds})!r}\n",
        "deployer-2-cluster-options": python,
    }
    return {dask.SERVICE: {"gateway": {"extraConfig": parts}}}


def machine_of_workers(cluster: Cluster, settings: Mapping[str, Any]) -> str | None:
    """Return the machine type of the nodes for workers, None when nothing says it."""
    declared = (pool.machine for pool in pools(cluster) if pool.group == "dask")
    said: str | None = settings.get("machine") or next(declared, None)
    return said


def worker_sizes(cluster: Cluster, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sizes of workers as the chart's Python takes them, the first choice first."""
    machine = machine_of_workers(cluster, settings)
    if "worker_sizes" not in settings and machine:
        try:
            return _parts(cluster, machine)
        except DeployerError:
            # A rule tells of it.
            pass
    return [_size(size) for size in settings.get("worker_sizes", _USUAL)]


def _parts(cluster: Cluster, machine: str) -> list[dict[str, Any]]:
    ladder = make_ladder(machine, choices=_CHOICES, kubernetes=cluster.kubernetes_version)
    return [
        {
            "name": f"{ladder.machine.cpu / workers:g} CPU, {share.memory / GIB:.1f} GB",
            "cores": share.cpu / 1000,
            "cores_limit": ladder.machine.cpu / workers,
            # Dask Gateway's M is 1024² bytes.
            "memory": f"{share.memory // MIB}M",
        }
        for workers in ladder.shares
        for share in [ladder.share(workers)]
    ]


def _defaults() -> dict[str, Any]:
    known = schema_of("dask")["properties"]
    return {name: part["default"] for name, part in known.items() if "default" in part}


def _size(size: Mapping[str, Any]) -> dict[str, Any]:
    cpu, memory = size["cpu"], size["memory_gb"]
    return {
        "name": f"{cpu:g} CPU, {memory:g} GB",
        "cores": round(cpu * 0.9, 2),
        "cores_limit": cpu,
        "memory": f"{memory:g}G",
    }
