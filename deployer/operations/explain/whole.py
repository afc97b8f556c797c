"""The hubs of a whole fleet, each with its layers, as far as they can be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.load import load, select_cluster, select_hubs
from deployer.fleet.reach import reached
from deployer.operations.explain.layers import HubLayers, Layers
from deployer.operations.explain.repeats import Repeat, repeats

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True, eq=False)
class WholeFleet:
    """A fleet in which every hub is looked at, since files are shared.

    `left_out` says which could not be, and `errors` how many there are in the fleet's files.
    """

    fleet: Fleet
    finder: Layers
    hubs: tuple[HubLayers, ...]
    left_out: tuple[str, ...] = ()
    errors: int = 0

    @cached_property
    def repeats(self) -> dict[HubLayers, tuple[Repeat, ...]]:
        """The keys of each hub that make no difference to it."""
        return {layers: repeats(self.finder, layers) for layers in self.hubs}

    def chosen(self, cluster: str | None, hub: str | None) -> tuple[HubLayers, ...]:
        """Return all hubs, those of a cluster, or one hub of it.

        Raises:
            DeployerError: there is no such cluster or hub.
        """
        if cluster is None:
            return self.hubs
        found = select_hubs(select_cluster(self.fleet, cluster), [hub] if hub else ())
        return tuple(each for each in self.hubs if each.hub in found and each.cluster.name == cluster)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing about the hubs and their charts."""
        return tuple(dict.fromkeys([*self.left_out, *(each for hub in self.hubs for each in hub.notices)]))


def whole_fleet(session: Session, root: Path, *, file: Path | None = None) -> WholeFleet:
    """Return all hubs of a fleet but those with errors in their files; with `file`, those that it reaches."""
    fleet, problems = load(root, state=session.state)
    broken = {problem.path for problem in problems if problem.severity == "error"}
    finder = Layers(session, fleet)
    hubs: list[HubLayers] = []
    left_out: list[str] = []
    for cluster, hub in _all(fleet) if file is None else _reached(fleet, file):
        session.interruption.check()
        if _files(hub) & broken:
            left_out.append(
                f"left out {cluster.name} {hub.name}: errors in its files, see `deployer validate`"
            )
            continue
        try:
            hubs.append(finder.of(cluster, hub))
        except DeployerError as error:
            left_out.append(f"left out {cluster.name} {hub.name}: {error.message}")
    return WholeFleet(
        fleet=fleet,
        finder=finder,
        hubs=tuple(hubs),
        left_out=tuple(left_out),
        errors=sum(problem.severity == "error" for problem in problems),
    )


def _all(fleet: Fleet) -> Iterable[tuple[Cluster, Hub]]:
    return ((cluster, hub) for cluster in fleet.clusters for hub in cluster.hubs)


def _reached(fleet: Fleet, file: Path) -> Iterable[tuple[Cluster, Hub]]:
    return ((each.cluster, each.hub) for each in reached(fleet, [file]))


def _files(hub: Hub) -> set[str]:
    documents = [*(file.document for file in hub.values_files), *(preset.document for preset in hub.presets)]
    return {hub.document.name, *(document.name for document in documents)}
