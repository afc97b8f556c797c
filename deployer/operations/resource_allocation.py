"""Sizes of servers for a machine type: as values for a profile, and how they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.machines.allocatable import Room, seen
from deployer.fleet.machines.table import GIB, MIB, sources
from deployer.render.ladder_choices import choices, profile_choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.machines.table import Source
    from deployer.render.ladder import Ladder


def profile_options(ladder: Ladder) -> dict[str, Any]:
    """Return the part of a profile that offers the sizes of a ladder."""
    requests = {"display_name": "Resources", "choices": profile_choices(choices(ladder))}
    return {"profile_options": {"requests": requests}}


def reasons(ladder: Ladder) -> Iterator[str]:
    """Yield lines that say how a ladder was computed."""
    machine, daemons = ladder.machine, ladder.daemons
    sold = Room(machine.cpu * 1000, machine.memory)
    fill = ", ".join(str(servers) for servers in ladder.shares)
    yield f"Sizes of servers on {machine.name} ({machine.cloud}). So many of one size fill a node: {fill}."
    yield _row(sold, f"the machine, as listed on {_source(ladder).date}")
    yield _row(Room(sold.cpu, seen(machine)), "what its system sees")
    yield _row(ladder.allocatable, "what Kubernetes has for pods")
    less = f"without {daemons.memory / MIB:g} MiB and {daemons.cpu / 1000:g} CPUs for daemons"
    yield _row(ladder.allocatable.less(daemons), less)
    yield _row(ladder.room, f"without {100 * ladder.spare:g} % that is kept spare")
    yield "Memory is guaranteed up to its limit, CPUs in proportion. CPUs that nobody uses are everybody's."


def summary(ladder: Ladder) -> dict[str, Any]:
    """Return a ladder for programs."""
    machine, source = ladder.machine, _source(ladder)
    return {
        "machine": {
            "name": machine.name,
            "cloud": machine.cloud,
            "cpu": machine.cpu,
            "memory": machine.memory,
            "arch": machine.arch,
            "gpu": machine.gpu,
            "gpus": ladder.gpus,
        },
        "listed": {"date": source.date, "source": source.source},
        "seen": {"cpu": machine.cpu, "memory": seen(machine)},
        "allocatable": _amounts(ladder.allocatable),
        "daemons": _amounts(ladder.daemons),
        "servers": _amounts(ladder.room),
        "fill_a_node": list(ladder.shares),
        **profile_options(ladder),
    }


def _row(room: Room, what: str) -> str:
    return f"  {room.memory / GIB:7.2f} GiB {room.cpu / 1000:7.3f} CPUs  {what}"


def _amounts(room: Room) -> dict[str, Any]:
    return {"cpu": room.cpu / 1000, "memory": room.memory}


def _source(ladder: Ladder) -> Source:
    return next(each for each in sources() if each.cloud == ladder.machine.cloud)
