"""Machine types of Google, Amazon and Azure, as their clouds sell them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MIB = 1024**2
GIB = 1024**3

_TABLE = Path(__file__).with_name("machines.json")
# cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type: the name says it all.
_CUSTOM = re.compile(r"(?:(?:n1|n2|n2d|n4|e2)-)?custom-([0-9]+)-([0-9]+)(?:-ext)?")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine type. `memory` is in bytes, as sold; `pods` is how many EKS places on it at most.

    `shared` machines have a share of their processors only. `gpu` says vendor and model: `nvidia t4`.
    """

    name: str
    cloud: str
    cpu: int
    memory: int
    pods: int | None = None
    gpu: str | None = None
    gpus: int = 0
    arch: str = "amd64"
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the machines of a cloud are listed, and of which day our copy is."""

    cloud: str
    date: str
    source: str


def machine(name: str) -> Machine | None:
    """Return a machine type, None when it is unknown."""
    for cloud, part in _table().items():
        if name in part["machines"]:
            row = part["machines"][name]
            return Machine(name=name, cloud=cloud, **{**row, "memory": round(row["memory"] * GIB)})
    custom = _CUSTOM.fullmatch(name)
    if custom is None:
        return None
    return Machine(name=name, cloud="gcp", cpu=int(custom[1]), memory=int(custom[2]) * MIB)


def names(of: str | None = None) -> tuple[str, ...]:
    """Return the names of all machine types in the table, or those of a cloud."""
    return tuple(name for cloud, part in _table().items() if of in (None, cloud) for name in part["machines"])


def sources() -> tuple[Source, ...]:
    """Return where the table's facts are from, a source for each cloud."""
    return tuple(
        Source(cloud=cloud, date=part["date"], source=part["source"]) for cloud, part in _table().items()
    )


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table
