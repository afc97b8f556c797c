"""A hub's layers as explanations need them: with its packages' defaults, and nothing made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.charts.sources import ChartUnavailable
from deployer.fleet import documents
from deployer.operations.charts_at_hand import Charts
from deployer.operations.explain.origins import origins
from deployer.operations.render import rendered
from deployer.render.provenance import Origin, plain, tree
from deployer.render.schema_parts import SchemaParts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from deployer.charts.chart import Chart, Dependency
    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.positions import KeyPath
    from deployer.operations.render import Rendered
    from deployer.render.provenance import Tree
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True, eq=False)
class HubLayers:
    """A hub with its layers, weakest first.

    `missing` are packages that are not at hand: what they say by themselves is not known, nor which keys they
    have. `advice` is how to get them.
    """

    cluster: Cluster
    hub: Hub
    release: Rendered = field(repr=False)
    origins: tuple[Origin, ...] = field(repr=False)
    missing: tuple[Dependency, ...] = ()
    advice: str = ""
    chart: Chart = field(repr=False)

    @property
    def name(self) -> str:
        """What the hub is called: `cluster hub`."""
        return f"{self.cluster.name} {self.hub.name}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing about the chart and its packages."""
        missing = (f"the defaults of {each} are not known: {self.advice}" for each in self.missing)
        return (*self.release.chart.notices, *missing)

    @cached_property
    def tree(self) -> Tree:
        """The merged values, in which each leaf knows its layer."""
        return tree(self.origins)

    @cached_property
    def defaults(self) -> Any:
        """What the values would be if nobody but the chart said anything."""
        return plain(tree(origin for origin in self.origins if origin.default))

    @cached_property
    def schemas(self) -> Mapping[str, SchemaParts]:
        """The schema of each package by its key in the values, and the chart's own one for no key at all."""
        own = read_schema(self.release.chart.path / SCHEMA)
        packages = self.release.chart.packages
        found = {package.name: SchemaParts(package.schema) for package in packages if package.schema}
        if own:
            found[""] = SchemaParts(own)
        return found

    @cached_property
    def switched_off(self) -> frozenset[str]:
        """The keys of packages that the hub does without."""
        there = {package.name for package in self.release.chart.packages} | set(map(_key, self.missing))
        return frozenset(map(_key, self.chart.dependencies)) - there

    def unknown(self, at: KeyPath) -> KeyPath | None:
        """Return the path of the first key on the way to `at` that the charts do not have, or None."""
        found = self.schemas[""].unknown(at) if "" in self.schemas else None
        if found is None and at and at[0] in self.schemas:
            below = self.schemas[str(at[0])].unknown(at[1:])
            found = None if below is None else (at[0], *below)
        return found

    def idle(self, at: KeyPath) -> tuple[Literal["unknown", "switched off"], KeyPath] | None:
        """Return why nothing at a path can have an effect, and which path that is about; None when it can."""
        unknown = self.unknown(at)
        if unknown is not None:
            return "unknown", unknown
        # What enables a package counts all the same.
        if at and at[0] in self.switched_off and at[1:] not in ((), ("enabled",)):
            return "switched off", at[:1]
        return None

    def lacks(self, at: KeyPath) -> bool:
        """Say whether a path belongs to a package that is not at hand."""
        return bool(at) and at[0] in {_key(package) for package in self.missing}


@dataclass
class Layers:
    """Finds the layers of hubs; each package's values.yaml is read once."""

    session: Session
    fleet: Fleet
    _documents: dict[Path, Document] = field(default_factory=dict)

    @cached_property
    def charts(self) -> Charts:
        """The charts of the fleet, each read once; nothing is downloaded."""
        return Charts(session=self.session, root=self.fleet.root, download=False)

    def of(self, cluster: Cluster, hub: Hub) -> HubLayers:
        """Return the layers of a hub.

        Raises:
            DeployerError: its chart is not what it should be.
        """
        try:
            release = self._rendered(cluster, hub)
            missing: tuple[Dependency, ...] = ()
            advice = ""
        except ChartUnavailable as error:
            missing, advice = error.packages, str(error.hint)
            release = self._rendered(cluster, hub, without=missing)
        return HubLayers(
            cluster=cluster,
            hub=hub,
            release=release,
            origins=(*self._packages(release), *origins(release, self.fleet.root)),
            missing=missing,
            advice=advice,
            chart=self.charts.umbrella(hub).chart,
        )

    def _rendered(self, cluster: Cluster, hub: Hub, without: Sequence[Dependency] = ()) -> Rendered:
        return rendered(
            self.session, self.fleet, cluster, hub, decrypt=False, charts=self.charts, without=without
        )

    def _packages(self, release: Rendered) -> Iterator[Origin]:
        for package in release.chart.packages:
            path = release.chart.path / "charts" / package.name / "values.yaml"
            if path.exists() and path not in self._documents:
                self._documents[path], _ = documents.examine(path, root=path.parent)
            yield Origin(
                kind="package",
                name=f"{package.name} {package.version}",
                values={package.name: package.defaults},
                document=self._documents.get(path),
                inside=(package.name,),
            )


def _key(dependency: Dependency) -> str:
    return dependency.alias or dependency.name
