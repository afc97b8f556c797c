"""Profiles with GPUs: the part of a node that goes with them, and the node that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.machines.table import MIB, machine
from deployer.fleet.model import Gcp
from deployer.fleet.node_pools import pool_named, pools
from deployer.render.features.offers.choices import with_groups
from deployer.render.features.offers.nodes import placement
from deployer.render.ladder import make_ladder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.machines.allocatable import Room
    from deployer.fleet.machines.table import Machine
    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool
    from deployer.render.subject import Subject

_MODEL = "cloud.google.com/gke-accelerator"
_STRATEGY = "cloud.google.com/gke-gpu-sharing-strategy"
_MOST_SHARING = "cloud.google.com/gke-max-shared-clients-per-gpu"
"""Labels of Google's nodes, which their autoscaler knows of a pool without nodes too."""

_LEAST_MIB = 128


def profiles(
    subject: Subject, settings: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Yield a profile for each entry, with what is said of it. What can't be made is for a rule to tell."""
    for name, said in settings.get("gpus", {}).items():
        try:
            size = _size(subject.cluster, said)
        except DeployerError:
            continue
        yield said, _profile(subject, name, said, size)


def _size(cluster: Cluster, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the memory and processors of a server, {} for those that the hub says."""
    name = machine_of(cluster, said)
    if name is None:
        return {}
    servers, part = share(cluster, said, name)
    memory = f"{part.memory // MIB}M"
    return {
        "mem_guarantee": memory,
        "mem_limit": memory,
        "cpu_guarantee": part.cpu / 1000,
        "cpu_limit": part.cpu * servers / 1000,
    }


def machine_of(cluster: Cluster, said: Mapping[str, Any]) -> str | None:
    """Return the machine type of a profile: what it says, or that of the one pool that it can mean."""
    if "machine" in said:
        return str(said["machine"])
    if "pool" in said:
        found = pool_named(cluster, said["pool"])
        return found.machine if found else None
    having = {pool.machine for pool in pools(cluster) if _gpus(pool)}
    return having.pop() if len(having) == 1 else None


def share(cluster: Cluster, said: Mapping[str, Any], name: str) -> tuple[int, Room]:
    """Return how many servers a node of a machine type holds, and what each gets.

    A DeployerError says why there is nothing to share.
    """
    gpus = _of_a_node(cluster, said, name)
    if not gpus:
        hint = "say `type`, as the cloud calls the GPUs that are attached to it, or take another machine type"
        raise DeployerError(f"`{name}` has no GPUs", hint=hint)
    if gpus % said["count"]:
        raise DeployerError(f"a node of `{name}` has {gpus} GPUs, which is no multiple of {said['count']}")
    servers = gpus // said["count"] * said["sharing"]
    ladder = make_ladder(name, gpus=0, choices=1, kubernetes=cluster.kubernetes_version)
    part = ladder.share(servers)
    if part.memory < _LEAST_MIB * MIB:
        raise DeployerError(f"`{name}` has too little memory for {servers} servers")
    return servers, part


def _of_a_node(cluster: Cluster, said: Mapping[str, Any], name: str) -> int:
    """Return how many GPUs a node has: those of its type, those of its pool, or else one server's."""
    known = machine(name)
    if known and known.gpus:
        return known.gpus
    declared = [pool_named(cluster, said["pool"])] if "pool" in said else pools(cluster)
    attached = [pool.attached for pool in declared if pool and pool.machine == name and pool.attached]
    return max(attached, default=said["count"] if "type" in said else 0)


def _gpus(pool: Pool) -> int:
    return pool.attached or (pool.type.gpus if pool.type else 0)


def _profile(subject: Subject, name: str, said: Mapping[str, Any], size: Mapping[str, Any]) -> dict[str, Any]:
    machine_type = machine_of(subject.cluster, said)
    known = machine(machine_type) if machine_type else None
    vendor = ((known and known.gpu) or "nvidia").split()[0]
    placed = placement(subject, pool=said.get("pool"), machine=machine_type, gpu=f"{vendor}.com/gpu")
    selector = {**placed.get("node_selector", {}), **_labels(subject, said)}
    override = {
        **size,
        "extra_resource_limits": {f"{vendor}.com/gpu": str(said["count"])},
        **placed,
        **({"node_selector": selector} if selector else {}),
    }
    if vendor == "nvidia":
        # Images without CUDA's own settings get the libraries of the driver all the same.
        override["environment"] = {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}
    description = {"description": said["description"]} if "description" in said else {}
    profile = {"display_name": _name(said, known), "slug": f"gpu-{name}", **description}
    return with_groups(said, {**profile, "kubespawner_override": override})


def _labels(subject: Subject, said: Mapping[str, Any]) -> dict[str, str]:
    if not isinstance(subject.cluster.provider, Gcp):
        return {}
    shared = {_STRATEGY: "time-sharing", _MOST_SHARING: str(said["sharing"])} if said["sharing"] > 1 else {}
    return {**({_MODEL: said["type"]} if "type" in said else {}), **shared}


def _name(said: Mapping[str, Any], known: Machine | None) -> str:
    if "display_name" in said:
        return str(said["display_name"])
    model = said.get("type") or ((known and known.gpu) or "").upper().replace("-", " ")
    words = [str(said["count"]), model, "GPU" if said["count"] == 1 else "GPUs"]
    shared = f", shared by {said['sharing']}" if said["sharing"] > 1 else ""
    return " ".join(word for word in words if word) + shared
