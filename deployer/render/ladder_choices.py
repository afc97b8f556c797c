"""The sizes of a ladder as choices that users see: what z2jh takes in `profile_options`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.machines.table import GIB, MIB
from deployer.render.ladder import make_ladder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.render.ladder import Ladder


class Choice(NamedTuple):
    """A choice for users, and the bytes of memory that it gives."""

    memory: int
    values: dict[str, Any]


def ladder(name: str, **wishes: Any) -> dict[str, dict[str, Any]]:
    """Return choices for servers on a machine type, as z2jh takes them; `make_ladder` says the wishes."""
    return profile_choices(choices(make_ladder(name, **wishes)))


def choices(ladder: Ladder) -> Iterator[Choice]:
    """Return a choice for each size of a ladder, the smallest first."""
    for servers in ladder.shares:
        override = _override(ladder, servers)
        name = _display_name(ladder, servers)
        yield Choice(ladder.share(servers).memory, {"display_name": name, "kubespawner_override": override})


def profile_choices(choices: Iterable[Choice]) -> dict[str, dict[str, Any]]:
    """Return choices by keys that sort by size, as Helm sorts them. The smallest is the default.

    Of two that would look alike to users the larger one stays.
    """
    listed = sorted(choices, key=lambda choice: choice.memory)
    wide = max((len(str(choice.memory // GIB)) for choice in listed), default=0)
    found = {}
    for choice in listed:
        tenths = choice.memory * 10 // GIB
        found[f"mem_{tenths // 10:0{wide}d}_{tenths % 10}"] = dict(choice.values)
    for first in list(found.values())[:1]:
        first["default"] = True
    return found


def _override(ladder: Ladder, servers: int) -> dict[str, Any]:
    share = ladder.share(servers)
    memory = f"{share.memory // MIB}M"
    override: dict[str, Any] = {
        "mem_guarantee": memory,
        "mem_limit": memory,
        "cpu_guarantee": share.cpu / 1000,
        "cpu_limit": ladder.room.cpu / 1000,
        "node_selector": {"node.kubernetes.io/instance-type": ladder.machine.name},
    }
    if ladder.gpus:
        resource = f"{(ladder.machine.gpu or 'nvidia').split()[0]}.com/gpu"
        override["extra_resource_limits"] = {resource: str(ladder.gpus // servers)}
    return override


def _display_name(ladder: Ladder, servers: int) -> str:
    memory, cpu = ladder.share(servers).memory, ladder.room.cpu // 100 / 10
    shown = f"{memory * 10 // GIB / 10:g} GB" if memory >= GIB else f"{memory // MIB} MB"
    parts = [f"{shown} RAM", f"{'up to ' if servers > 1 else ''}{cpu:g} CPU{'' if cpu == 1 else 's'}"]
    if ladder.gpus:
        number = ladder.gpus // servers
        model = f"{ladder.machine.gpu.upper()} " if ladder.machine.gpu else ""
        parts.append(f"{number} {model}GPU{'' if number == 1 else 's'}")
    return ", ".join(parts)
