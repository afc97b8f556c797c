"""What a node has for pods: what its system sees of the memory, less what the cloud keeps for Kubernetes.

The formulas are the clouds' own, as of November 2026:

- GKE: docs.cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
- EKS: github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go
- AKS: learn.microsoft.com/azure/aks/node-resource-reservations

What a kernel keeps is from github.com/kubernetes/autoscaler,
cluster-autoscaler/cloudprovider/gce/gce_reserved.go.
The share of Amazon's hypervisor is published nowhere: it is a line below what nodes are known to report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.machines.table import GIB, MIB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.machines.table import Machine

TOLERANCE = 0.03
"""How much more memory than is computed a node may see. None is known to see more than 0.3 % less."""


class Room(NamedTuple):
    """Thousandths of processors, and bytes of memory."""

    cpu: int
    memory: int

    def less(self, other: Room) -> Room:
        """Return what is left without another."""
        return Room(self.cpu - other.cpu, self.memory - other.memory)


_LARGEST = float("inf")
_MEMORY = ((4, 0.25), (8, 0.20), (16, 0.10), (128, 0.06), (_LARGEST, 0.02))
"""Shares of memory that GKE keeps, and AKS kept before Kubernetes 1.29: up to so many GiB."""
_CPU = {
    "gcp": ((1, 60), (2, 10), (4, 5), (_LARGEST, 2.5)),
    "aws": ((1, 60), (2, 10), (4, 5), (_LARGEST, 2.5)),
    "azure": ((1, 60), (2, 40), (4, 20), (_LARGEST, 10)),
}
"""Thousandths that are kept of each processor: up to so many of them."""
_PODS = {"gcp": 110, "aws": 110, "azure": 250}
"""Pods on a node where nobody says how many. For EKS the machine does; for AKS it is as with CNI Overlay."""
_FEWEST_PODS = 10
_EVICTION = 100 * MIB


def usual_pods(machine: Machine) -> int:
    """Return how many pods a node takes at most where nobody says."""
    return machine.pods or _PODS[machine.cloud]


def seen(machine: Machine) -> int:
    """Return the bytes of memory that the system of a node sees: its `capacity`."""
    memory = machine.memory
    if machine.cloud == "aws":
        return memory - round(0.4 * GIB + 0.03 * memory)
    kernel = memory // 64 + 16 * MIB + min(round(memory * 0.00175), 248 * MIB)
    buffers = 64 * MIB if memory > 3 * GIB else 0
    # The source says 8 MiB; a recorded n1-standard-2 has 54 MiB less than that leaves.
    small = 64 * MIB if memory <= 8 * GIB else 0
    return memory - kernel - buffers - small


def allocatable(machine: Machine, *, pods: int | None = None, kubernetes: str | None = None) -> Room:
    """Return what a node has for pods, those of daemons among them.

    `pods` is how many it may run, `kubernetes` the minor version of the cluster.
    """
    return _allocatable(machine, seen(machine), pods or usual_pods(machine), kubernetes)


def at_most(machine: Machine, *, kubernetes: str | None = None) -> Room:
    """Return what no node has more of, however few pods it may run."""
    memory = min(machine.memory, round(seen(machine) * (1 + TOLERANCE)))
    pods = _FEWEST_PODS if machine.cloud == "azure" else usual_pods(machine)
    return _allocatable(machine, memory, pods, kubernetes)


def _allocatable(machine: Machine, memory: int, pods: int, kubernetes: str | None) -> Room:
    kept = _KEPT_MEMORY[machine.cloud](machine, memory, pods, kubernetes)
    cpu = 1000 * machine.cpu - _kept_cpu(machine, pods)
    return Room(max(cpu, 0), max(memory - kept, 0))


def _kept_cpu(machine: Machine, pods: int) -> int:
    if machine.shared:
        return 1060
    # The thousandths of larger machines are whole ones everywhere: EKS cuts the rest off, so it is rounded.
    kept = round(_in_steps(machine.cpu, _CPU[machine.cloud]))
    return kept + 400 if machine.cloud == "gcp" and pods > _PODS["gcp"] else kept


def _gke(_machine: Machine, memory: int, _pods: int, _kubernetes: str | None) -> int:
    kept = 255 * MIB if memory < GIB else round(_in_steps(memory / GIB, _MEMORY) * GIB)
    return kept + _EVICTION


def _eks(_machine: Machine, _memory: int, pods: int, _kubernetes: str | None) -> int:
    return (255 + 11 * pods) * MIB + _EVICTION


def _aks(machine: Machine, _memory: int, pods: int, kubernetes: str | None) -> int:
    # It counts by the memory that is sold, not by what a node sees.
    if kubernetes and tuple(map(int, kubernetes.split(".")[:2])) < (1, 29):
        return round(_in_steps(machine.memory / GIB, _MEMORY) * GIB) + 750 * MIB
    return min((50 + 20 * pods) * MIB, machine.memory // 4) + _EVICTION


_KEPT_MEMORY = {"gcp": _gke, "aws": _eks, "azure": _aks}


def _in_steps(amount: float, steps: Iterable[tuple[float, float]]) -> float:
    """Return the sum of a share of each part of an amount: like a tax."""
    total, start = 0.0, 0.0
    for end, share in steps:
        total += max(min(amount, end) - start, 0) * share
        start = end
    return total
