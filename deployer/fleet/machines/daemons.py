"""What runs on each node before any user's server: the cloud's daemons and those that fleets add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.machines.allocatable import Room
from deployer.fleet.machines.table import MIB

if TYPE_CHECKING:
    from deployer.fleet.machines.table import Machine

PODS = 10
"""How many they are, at most."""
SPARE = 0.01
"""The part of a node that servers leave free, since nodes of one type differ and daemons grow."""

_USUAL = {
    "gcp": Room(500, 800 * MIB),
    "aws": Room(250, 350 * MIB),
    "azure": Room(250, 350 * MIB),
}
"""Requests for network, storage, metadata and logs, for a metrics exporter and a guard against mining.

A fleet of some 40 clusters recorded, in 2024 to 2026, 454 to 472 thousandths and 656 to 774 MiB on GKE, 170
to 225 and 250 to 328 MiB on EKS, 226 and 300 MiB on AKS (github.com/2i2c-org/infrastructure,
resource_allocation/daemonset_requests.yaml and node-capacity-info.json). These are the largest, rounded up.
"""


def usual_daemons(machine: Machine) -> Room:
    """Return what daemons request on a node where nobody says."""
    return _USUAL[machine.cloud]


def room_for_servers(given: Room, daemons: Room, spare: float = SPARE) -> Room:
    """Return what servers may request of what a node has for pods."""
    left = given.less(daemons)
    return Room(int(max(left.cpu, 0) * (1 - spare)), int(max(left.memory, 0) * (1 - spare)))
