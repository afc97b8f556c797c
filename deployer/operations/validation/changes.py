"""Looking only at what a change reaches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import deployer
from deployer.fleet.reach import Reached, reached
from deployer.tools.git import changed_files
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed since a git revision: how many files, and the hubs that they reach."""

    revision: str
    files: int
    reached: tuple[Reached, ...]

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        hubs = [each.summary() for each in self.reached]
        return {"revision": self.revision, "files": self.files, "hubs": hubs}


def changes_since(
    session: Session, fleet: Fleet, chosen: Iterable[tuple[Cluster, Hub]], revision: str
) -> Changes:
    """Return what changed since a revision, and which of the chosen hubs that reaches.

    A change of the program itself, or of the chart mirror, reaches every hub.
    """
    config = fleet.root / "config"
    settings = [config / "clusters", config / "presets", config / "org.yaml"]
    files = changed_files(programs(session), fleet.root, revision, even_ignored=settings)
    shared = [Path(deployer.__file__).parent, *filter(None, (session.chart_mirror,))]
    wanted = {(cluster.name, hub.at) for cluster, hub in chosen}
    found = reached(fleet, files, shared=shared)
    return Changes(
        revision=revision,
        files=len(files),
        reached=tuple(each for each in found if (each.cluster.name, each.hub.at) in wanted),
    )
