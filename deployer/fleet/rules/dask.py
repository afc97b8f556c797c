"""The feature `dask`: the machines of its workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.machines.table import machine, names
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet


@rule()
def dask_machine(fleet: Fleet) -> Iterator[Finding]:
    """Want a machine type for Dask's workers that is known: their sizes are parts of it.

    For nodes of other machines, say `worker_sizes` instead.
    """
    for hub in hubs(fleet):
        for feature in hub.features:
            name = feature.settings.get("machine") if feature.name == "dask" else None
            if isinstance(name, str) and machine(name) is None:
                message = f"hub `{hub.name}`: unknown machine type: {name}; {did_you_mean(name, names())}"
                yield Finding(feature.document, (*feature.at, "machine"), message)


RULES = (dask_machine,)
