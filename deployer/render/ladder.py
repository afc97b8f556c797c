"""A ladder of sizes for servers, each a whole part of a node: however they are chosen, nodes are filled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.machines.allocatable import Room, allocatable, usual_pods
from deployer.fleet.machines.daemons import PODS, SPARE, room_for_servers, usual_daemons
from deployer.fleet.machines.table import GIB, MIB, Machine, machine, names
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHOICES = 4
LEAST = GIB
STRATEGIES: dict[str, Callable[[], Iterator[int]]] = {
    "halving": lambda: (2**power for power in count()),
    "dividing": lambda: count(1),
}
"""How many servers share a node, from one choice to the next smaller one."""


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Sizes of servers on one machine type.

    `allocatable` is what a node has for pods, `room` what it has for servers. A size is one of `shares`, the
    smallest first: so many servers of it fill a node.
    """

    machine: Machine
    allocatable: Room
    daemons: Room
    spare: float
    room: Room
    gpus: int
    shares: tuple[int, ...]

    def share(self, servers: int) -> Room:
        """Return what one of so many equal servers on a node gets: whole MiB."""
        return Room(self.room.cpu // servers, self.room.memory // servers // MIB * MIB)


def make_ladder(
    name: str,
    *,
    strategy: str = "halving",
    choices: int = CHOICES,
    least: int = LEAST,
    daemons_cpu: float | None = None,
    daemons_memory: int | None = None,
    spare: float = SPARE,
    pods: int | None = None,
    gpus: int | None = None,
    kubernetes: str | None = None,
) -> Ladder:
    """Return at most so many choices of at least so many bytes of memory for a machine type.

    Where it is not what is usual: `daemons_cpu` and `daemons_memory` are what daemons request on a node,
    `pods` is how many it may run, `gpus` how many are attached. `kubernetes` is the minor version of the
    cluster.
    """
    found = machine(name)
    if found is None:
        raise DeployerError(f"unknown machine type: {name}", hint=did_you_mean(name, names()))
    given = allocatable(found, pods=pods, kubernetes=kubernetes)
    usual = usual_daemons(found)
    daemons = Room(
        usual.cpu if daemons_cpu is None else round(daemons_cpu * 1000),
        usual.memory if daemons_memory is None else daemons_memory,
    )
    gpus = found.gpus if gpus is None else gpus
    room = room_for_servers(given, daemons, spare)
    most = _most(room, least, (pods or usual_pods(found)) - PODS, gpus)
    shares = takewhile(lambda servers: servers <= most, STRATEGIES[strategy]())
    usable = (servers for servers in shares if not gpus or gpus % servers == 0)
    made = tuple(reversed(tuple(islice(usable, choices))))
    if not made:
        has = f"{room.memory / GIB:.3g} GiB and {room.cpu / 1000:g} processors"
        raise DeployerError(
            f"no server of {least / GIB:.3g} GiB fits on `{name}`: it has {has} for servers",
            hint="take a larger machine type, or smaller servers",
        )
    return Ladder(
        machine=found,
        allocatable=given,
        daemons=daemons,
        spare=spare,
        room=room,
        gpus=gpus,
        shares=made,
    )


def _most(room: Room, least: int, pods: int, gpus: int) -> int:
    """Return how many servers a node holds at most: by memory, by processors, by pods and by GPUs."""
    most = min(room.memory // max(least, MIB), room.cpu // 10, max(pods, 1))
    return min(most, gpus) if gpus else most
