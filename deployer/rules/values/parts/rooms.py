"""How much room the nodes of declared pools have for servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.fleet.machines.allocatable import Room, allocatable, at_most
from deployer.fleet.machines.daemons import room_for_servers, usual_daemons
from deployer.fleet.model import Aws, Azure, Gcp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.machines.table import Machine
    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool


@dataclass(frozen=True, kw_only=True)
class NodeRoom:
    """The room of a pool's nodes: `most` is what none has more of, `usual` what is left beside usual daemons.

    `gpus` is None when there may be any number of them.
    """

    pool: Pool
    most: Room
    usual: Room
    gpus: int | None


def rooms(cluster: Cluster, pools: Iterable[Pool]) -> tuple[NodeRoom, ...]:
    """Return the rooms of pools, none when the machines of one of them are unknown."""
    found = [(pool, pool.type) for pool in pools]
    known = [_room(cluster, pool, machine) for pool, machine in found if machine]
    return tuple(known) if len(known) == len(found) else ()


def _room(cluster: Cluster, pool: Pool, machine: Machine) -> NodeRoom:
    kubernetes = cluster.kubernetes_version
    # What somebody else's Kubernetes keeps for itself on such a machine is not known.
    managed = isinstance(cluster.provider, Gcp | Aws | Azure)
    most = at_most(machine, kubernetes=kubernetes) if managed else Room(machine.cpu * 1000, machine.memory)
    given = allocatable(machine, kubernetes=kubernetes)
    return NodeRoom(
        pool=pool,
        most=most,
        usual=room_for_servers(given, usual_daemons(machine)),
        gpus=None if pool.attached is None else max(machine.gpus, pool.attached),
    )
