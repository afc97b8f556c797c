"""Which values files of a hub are its own, and what its copy does with each."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub, ValuesFile


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of a values file in a copy of its hub.

    `shared` ones are listed by the copy too, as `name`; of the hub's own, plain ones are copied to `name`,
    and an encrypted one is left out: `name` is what the copy would call its own.
    """

    file: ValuesFile
    name: str
    shared: bool

    @property
    def copied(self) -> bool:
        """Whether the copy gets a file of its own of it."""
        return not self.shared and not self.file.encrypted

    @property
    def left_out(self) -> bool:
        """Whether the copy has to do without it."""
        return not self.shared and self.file.encrypted


def fates(fleet: Fleet, hub: Hub, name: str, directory: Path) -> Iterator[Fate]:
    """Return what becomes of the values files of a hub whose copy has another name and lies in a directory.

    A hub's own are those that are named after it and that no other hub lists.
    """
    others = {file.path for other in _others(fleet, hub) for file in other.values_files}
    for file in hub.values_files:
        renamed = word(hub.name).sub(name, file.path.name)
        own = renamed != file.path.name and file.path not in others
        yield Fate(file=file, shared=not own, name=renamed if own else os.path.relpath(file.path, directory))


def used_by_one(fleet: Fleet, hub: Hub, found: Iterator[Fate] | list[Fate]) -> list[str]:
    """Return the names of shared files that no other hub has listed so far."""
    others = {file.path for other in _others(fleet, hub) for file in other.values_files}
    return [each.name for each in found if each.shared and each.file.path not in others]


def word(name: str) -> re.Pattern[str]:
    """Return what finds a name where it stands by itself, or as a part of a name with dashes."""
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")


def _others(fleet: Fleet, hub: Hub) -> Iterator[Hub]:
    cluster: Cluster
    for cluster in fleet.clusters:
        yield from (other for other in cluster.hubs if other is not hub)
