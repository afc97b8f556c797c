"""A ladder of sizes for servers, each a whole part of a node: however they are chosen, nodes are filled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING, Any

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
    """Choices for servers on one machine type.

    `allocatable` is what a node has for pods, `room` what it has for servers. A choice is one of `shares`,
    the smallest first: so many servers of it fill a node.
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

    def choices(self) -> dict[str, dict[str, Any]]:
        """Return the choices as z2jh takes them in `profile_options`, the smallest first and the default."""
        wide = len(f"{self.room.memory / GIB:.0f}")
        found: dict[str, dict[str, Any]] = {}
        for servers in reversed(self.shares):
            tenths = self.share(servers).memory * 10 // GIB
            # Helm sorts keys, and so they are in the order of sizes. Two of one key would look alike too.
            found.setdefault(f"mem_{tenths // 10:0{wide}d}_{tenths % 10}", self._choice(servers))
        smallest_first = dict(reversed(found.items()))
        next(iter(smallest_first.values()))["default"] = True
        return smallest_first

    def _choice(self, servers: int) -> dict[str, Any]:
        share = self.share(servers)
        memory = f"{share.memory // MIB}M"
        override: dict[str, Any] = {
            "mem_guarantee": memory,
            "mem_limit": memory,
            "cpu_guarantee": share.cpu / 1000,
            "cpu_limit": self.room.cpu / 1000,
            "node_selector": {"node.kubernetes.io/instance-type": self.machine.name},
        }
        if self.gpus:
            resource = f"{(self.machine.gpu or 'nvidia').split()[0]}.com/gpu"
            override["extra_resource_limits"] = {resource: str(self.gpus // servers)}
        return {"display_name": self._name(servers), "kubespawner_override": override}

    def _name(self, servers: int) -> str:
        memory = self.share(servers).memory
        shown = f"{memory * 10 // GIB / 10:g} GB" if memory >= GIB else f"{memory // MIB} MB"
        cpu = self.room.cpu // 100 / 10
        parts = [f"{shown} RAM", f"{'up to ' if servers > 1 else ''}{cpu:g} CPU{'' if cpu == 1 else 's'}"]
        if self.gpus:
            number = self.gpus // servers
            model = f"{self.machine.gpu.upper()} " if self.machine.gpu else ""
            parts.append(f"{number} {model}GPU{'' if number == 1 else 's'}")
        return ", ".join(parts)


def ladder(name: str, **wishes: Any) -> dict[str, dict[str, Any]]:
    """Return choices for servers on a machine type, as z2jh takes them; `make_ladder` says the wishes."""
    return make_ladder(name, **wishes).choices()


def make_ladder(
    name: str,
    *,
    strategy: str = "halving",
    choices: int = CHOICES,
    least: int = LEAST,
    daemons: Room | None = None,
    spare: float = SPARE,
    pods: int | None = None,
    gpus: int | None = None,
    kubernetes: str | None = None,
) -> Ladder:
    """Return at most so many choices of at least so many bytes of memory for a machine type.

    `daemons` is what they request on a node, `pods` how many it may run, `gpus` how many are attached, where
    that is not usual; `kubernetes` is the minor version of the cluster.
    """
    found = machine(name)
    if found is None:
        raise DeployerError(f"unknown machine type: {name}", hint=did_you_mean(name, names()))
    given = allocatable(found, pods=pods, kubernetes=kubernetes)
    daemons = daemons or usual_daemons(found)
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
