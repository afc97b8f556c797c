"""Which charts read a values file, and what their schemas have against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.violations import violations
from deployer.operations.charts_at_hand import Charts
from deployer.operations.render import rendered
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.charts.assemble import PreparedChart
    from deployer.fleet.documents import Document
    from deployer.fleet.model import Fleet
    from deployer.fleet.violations import Violation
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A chart that gets the values at `place` of a file."""

    chart: PreparedChart
    place: tuple[str, ...]

    def forbidden(self, data: Any) -> Iterator[Violation]:
        """Return what the chart's schemas forbid in a file; what is missing in it, other files may have."""
        for at, checker in self.chart.checkers:
            where = (*self.place, *at)
            values = look_up(data, where)
            for each in violations(checker, values) if isinstance(values, dict) else ():
                if each.kind != "missing key":
                    yield replace(each, at=(*where, *each.at))


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Which charts read the files of a fleet. Nothing is downloaded."""

    session: Session
    fleet: Fleet

    def of(self, document: Document) -> tuple[Reader, ...]:
        """Return what reads a plain values file: one for each hub, none when one of them cannot be told."""
        found: list[Reader] = []
        for cluster in self.fleet.clusters:
            for hub in cluster.hubs:
                for file in hub.values_files:
                    if file.document.name == document.name:
                        try:
                            release = rendered(
                                self.session, self.fleet, cluster, hub, decrypt=False, charts=self._charts
                            )
                        except DeployerError:
                            return ()
                        found.append(Reader(chart=release.chart, place=file.at))
        return tuple(found)

    @cached_property
    def _charts(self) -> Charts:
        return Charts(session=self.session, root=self.fleet.root, download=False)
