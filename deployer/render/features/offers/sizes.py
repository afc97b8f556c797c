"""The menu of sizes: said one by one, or made so that they fill the nodes of a machine type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.machines.table import GIB, MIB
from deployer.fleet.node_pools import MACHINE
from deployer.render.features.offers.choices import with_default, with_groups
from deployer.render.features.offers.nodes import placement
from deployer.render.features.resource_choices import ladders, offered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.render.subject import Subject


class Size(NamedTuple):
    """A size as KubeSpawner's choice, how much memory in bytes it has, and what is said of it."""

    memory: int
    said: Mapping[str, Any]
    choice: dict[str, Any]


def menu(subject: Subject, settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sizes by keys that sort by memory, as Helm sorts them."""
    found = sorted(_sizes(subject, settings), key=lambda size: size.memory)
    wide = max((len(str(size.memory // GIB)) for size in found), default=0)
    named: dict[str, tuple[Mapping[str, Any], dict[str, Any]]] = {}
    for size in found:
        tenths = size.memory * 10 // GIB
        name = f"mem_{tenths // 10:0{wide}d}_{tenths % 10}"
        while name in named:
            name = f"{name}_more"
        named[name] = (size.said, size.choice)
    return with_default(named)


def _sizes(subject: Subject, settings: Mapping[str, Any]) -> Iterator[Size]:
    for said in settings.get("servers", ()):
        pool = said.get("pool", settings.get("pool"))
        if "fit" in said:
            yield from _fitting(subject, said, pool)
        else:
            yield _size(subject, said, pool)


def _fitting(subject: Subject, said: Mapping[str, Any], pool: str | None) -> Iterator[Size]:
    for choice in offered(ladders(subject.cluster, said["fit"])):
        override = choice.values["kubespawner_override"]
        placed = placement(subject, pool=pool, machine=override["node_selector"][MACHINE])
        values = {**choice.values, "kubespawner_override": {**override, **placed}}
        yield Size(choice.memory, said, with_groups(said, values))


def _size(subject: Subject, said: Mapping[str, Any], pool: str | None) -> Size:
    memory = round(said["memory_gb"] * 1024)
    most = round(said.get("most_memory_gb", said["memory_gb"]) * 1024)
    amounts = {"mem_guarantee": f"{memory}M", "mem_limit": f"{most}M"}
    processors = {"cpu_guarantee": said.get("cpu"), "cpu_limit": said.get("most_cpu")}
    amounts |= {key: value for key, value in processors.items() if value is not None}
    override = {**amounts, **placement(subject, pool=pool, machine=said.get("machine"))}
    description = {"description": said["description"]} if "description" in said else {}
    choice = {"display_name": _name(said), **description, "kubespawner_override": override}
    return Size(memory * MIB, said, with_groups(said, choice))


def _name(said: Mapping[str, Any]) -> str:
    if "display_name" in said:
        return str(said["display_name"])
    most = said.get("most_memory_gb", said["memory_gb"])
    memory = f"{said['memory_gb']:g} GB RAM" if most == said["memory_gb"] else f"up to {most:g} GB RAM"
    cpu, most_cpu = said.get("cpu"), said.get("most_cpu")
    if most_cpu is not None:
        return f"{memory}, {'' if cpu == most_cpu else 'up to '}{_processors(most_cpu)}"
    return memory if cpu is None else f"{memory}, {_processors(cpu)}"


def _processors(number: float) -> str:
    return f"{number:g} CPU{'' if number == 1 else 's'}"
