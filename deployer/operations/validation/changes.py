"""Looking only at what a change reaches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import deployer
from deployer.fleet.reach import Reached, reached
from deployer.tools.git import changed_files, content_before
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session
    from deployer.tools.process import Runner

_OUTPUTS = "outputs.yaml"


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

    A change of the program itself, or of the chart mirror, reaches every hub. One of outputs.yaml reaches
    those of its cluster, unless it only says that the state has another version.
    """
    run = programs(session)
    config = fleet.root / "config"
    settings = [config / "clusters", config / "presets", config / "org.yaml"]
    files = changed_files(run, fleet.root, revision, even_ignored=settings)
    telling = [file for file in files if not _says_the_same(run, fleet.root, revision, file)]
    shared = [Path(deployer.__file__).parent, *filter(None, (session.chart_mirror,))]
    wanted = {(cluster.name, hub.at) for cluster, hub in chosen}
    found = reached(fleet, telling, shared=shared)
    return Changes(
        revision=revision,
        files=len(files),
        reached=tuple(each for each in found if (each.cluster.name, each.hub.at) in wanted),
    )


def _says_the_same(run: Runner, root: Path, revision: str, file: Path) -> bool:
    if file.name != _OUTPUTS or not file.is_file():
        return False
    before = content_before(run, root, revision, file)
    return before is not None and _told(before) == _told(file.read_text(encoding="utf-8", errors="replace"))


def _told(text: str) -> Any:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return (
        {key: value for key, value in found.items() if key != "state"} if isinstance(found, dict) else found
    )
