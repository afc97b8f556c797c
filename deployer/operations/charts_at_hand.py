"""The charts of one run: each is read once, and put together once for each set of packages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from deployer.charts.assemble import prepare
from deployer.charts.chart import find_chart
from deployer.charts.fingerprint import fingerprint
from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError
from deployer.render.merge import Layer, merge
from deployer.tools.helm import find_helm
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from pathlib import Path
    from typing import TypeVar

    from deployer.charts.assemble import PreparedChart
    from deployer.charts.chart import Chart, Dependency
    from deployer.fleet.model import Installed
    from deployer.session import Session

    T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Umbrella:
    """A chart before it is known which packages it needs."""

    chart: Chart

    @cached_property
    def hub_python(self) -> Mapping[str, str]:
        """The text of each file of hub-side Python by name."""
        files = sorted((self.chart.directory / "files/hub").glob("*.py"))
        return {file.name: _text(file) for file in files}

    @cached_property
    def chart_files(self) -> Mapping[str, str]:
        """The text of each other file below `files/`, by its path there."""
        top = self.chart.directory / "files"
        found = {path.relative_to(top): path for path in sorted(top.rglob("*")) if path.is_file()}
        return {
            at.as_posix(): path.read_text(encoding="utf-8")
            for at, path in found.items()
            if at.parts[0] != "hub" and "__pycache__" not in at.parts
        }

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The chart's own schema, {} when it has none."""
        return read_schema(self.chart.directory / SCHEMA)


@dataclass(frozen=True, kw_only=True)
class Complete:
    """A chart with its packages. `schema` is its own with those of the packages in place."""

    prepared: PreparedChart
    schema: Mapping[str, Any] = field(repr=False)

    @cached_property
    def defaults(self) -> Mapping[str, Mapping[str, Any]]:
        """The defaults of each package by name."""
        return {package.name: package.defaults for package in self.prepared.packages}


@dataclass(frozen=True, kw_only=True)
class Charts:
    """Gives the charts of a fleet to any number of threads. What changes on disk meanwhile is not seen.

    Packages that are not at hand are downloaded, unless `download` is False.
    """

    session: Session
    root: Path
    download: bool = True
    _known: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _one_by_one: RLock = field(default_factory=RLock, repr=False)

    def umbrella(self, owner: Installed) -> Umbrella:
        """Return the chart of a hub, or of what a cluster runs for its hubs.

        Raises:
            DeployerError: there is no such chart, or something is wrong with it.
        """

        def find() -> Umbrella:
            return Umbrella(chart=find_chart(self.root, owner.chart, override=owner.chart_override))

        return self._once(("umbrella", owner.chart, owner.chart_override), find)

    def fingerprint(self, owner: Installed) -> str:
        """Return what stands for a chart, and for every package that it may need, as they are.

        Asked first, it is older than whatever else is told of the chart; `same` tells whether it still holds.

        Raises:
            DeployerError: there is no such chart, or something is wrong with it.
        """
        return self._once(
            ("fingerprint", owner.chart, owner.chart_override), partial(self._fingerprint, owner)
        )

    def same(self, owner: Installed) -> bool:
        """Whether a chart is still the one whose fingerprint was told before."""
        try:
            return self._fingerprint(owner) == self.fingerprint(owner)
        except DeployerError:
            return False

    def _fingerprint(self, owner: Installed) -> str:
        # Read for this alone: what `umbrella` keeps may not be older.
        chart = find_chart(self.root, owner.chart, override=owner.chart_override)
        return fingerprint(self.session, chart)

    def complete(self, umbrella: Umbrella, dependencies: Sequence[Dependency]) -> Complete:
        """Return a chart with the packages that are needed of it.

        Raises:
            ChartUnavailable: a package is nowhere to be had.
        """

        def put_together() -> Complete:
            prepared = self._prepared(umbrella.chart, dependencies)
            known = {package.name: package.schema for package in prepared.packages if package.schema}
            parts = (umbrella.schema, {"properties": known})
            schema = merge(Layer(name="schema", values=part) for part in parts).values
            return Complete(prepared=prepared, schema=schema)

        chart = umbrella.chart
        return self._once(("complete", chart.name, chart.override, *dependencies), put_together)

    def _prepared(self, chart: Chart, dependencies: Sequence[Dependency]) -> PreparedChart:
        """Return the chart's private copy; Helm is looked for only when something has to be downloaded."""
        try:
            return prepare(self.session, chart, dependencies, helm=None)
        except ChartUnavailable:
            runner = programs(self.session)
            if not self.download or runner.find("helm") is None:
                raise
            return prepare(self.session, chart, dependencies, helm=find_helm(runner))

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for a key before, or raise what was raised then."""
        with self._one_by_one:
            if key not in self._known:
                try:
                    self._known[key] = make()
                except DeployerError as error:
                    self._known[key] = error
            found: T | DeployerError = self._known[key]
        if isinstance(found, DeployerError):
            raise found.with_traceback(None)
        return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise DeployerError(f"can't read: {file}: {why}") from error
