"""Choices of memory and processors: a profile whose sizes fill the nodes of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.machines.table import GIB, machine
from deployer.fleet.node_pools import pools
from deployer.render.ladder import make_ladder
from deployer.render.ladder_choices import choices, profile_choices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster
    from deployer.render.ladder import Ladder
    from deployer.render.ladder_choices import Choice
    from deployer.render.subject import Subject

_NOTEBOOKS = "notebooks"
_LARGER = 1.25
"""From here on a choice is so much larger than another that it is worth a choice of its own."""


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list of profiles with one profile. What can't be made is for a rule to tell."""
    found = profile_choices(offered(ladders(subject.cluster, settings)))
    if not found:
        return {}
    profile = {
        "display_name": settings["profile"],
        "default": True,
        "profile_options": {"requests": {"display_name": "Resources", "choices": found}},
    }
    return {"jupyterhub": {"singleuser": {"profileList": [profile]}}}


def machines(cluster: Cluster, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the machine types that servers run on: those of the settings, else of the cluster's pools."""
    said = settings.get("machines")
    if said is not None:
        return tuple(said)
    found = (pool for pool in pools(cluster) if pool.group == _NOTEBOOKS)
    return tuple(pool.machine for pool in found if pool.type and not pool.type.gpus and pool.attached == 0)


def ladder_for(cluster: Cluster, settings: Mapping[str, Any], name: str) -> Ladder:
    """Return the ladder for one machine type; a DeployerError says why there is none."""
    daemons = settings.get("daemons_memory_gb")
    return make_ladder(
        name,
        strategy=settings["strategy"],
        choices=settings["choices"],
        least=int(settings["min_memory_gb"] * GIB),
        daemons_cpu=settings.get("daemons_cpu"),
        daemons_memory=None if daemons is None else int(daemons * GIB),
        kubernetes=cluster.kubernetes_version,
    )


def ladders(cluster: Cluster, settings: Mapping[str, Any]) -> Iterator[Ladder]:
    """Yield the ladders that there are, the smallest machine first."""
    known = {name: found for name in machines(cluster, settings) if (found := machine(name))}
    for name in sorted(known, key=lambda name: (known[name].memory, name)):
        try:
            yield ladder_for(cluster, settings, name)
        except DeployerError:
            continue


def offered(ladders: Iterator[Ladder]) -> Iterator[Choice]:
    """Yield all choices of the smallest machine, and of each larger one those that are clearly larger."""
    largest = 0
    for ladder in ladders:
        larger = [choice for choice in choices(ladder) if choice.memory > largest * _LARGER]
        yield from larger
        largest = max([largest, *(choice.memory for choice in larger)])
