"""Getting and pinning the packages of charts, on purpose rather than on the way to a deploy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.charts import update
from deployer.charts.chart import charts, directory_of, find_chart
from deployer.charts.sources import ChartUnavailable, sources
from deployer.tools.helm import find_helm
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from deployer.charts.chart import Chart, Dependency
    from deployer.charts.sources import Source
    from deployer.fleet.model import Fleet
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The packages that are there, and why any other could not be had."""

    sources: tuple[Source, ...]
    unavailable: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Updated:
    """The files of pins that say something else than before, and why any package could not be had."""

    changed: tuple[Path, ...]
    unavailable: tuple[str, ...]


def fetch(session: Session, fleet: Fleet, name: str | None) -> Fetched:
    """Get all packages of a chart, or of all charts, those of the hubs' overrides among them."""
    helm = find_helm(programs(session))
    found: dict[Dependency, Source] = {}
    missing: dict[Dependency, str] = {}
    for chart in _wanted(fleet, name):
        rest = [dependency for dependency in chart.dependencies if dependency not in missing]
        try:
            got = sources(session, chart, rest, helm=helm)
        except ChartUnavailable as error:
            missing |= error.reasons
            rest = [dependency for dependency in rest if dependency not in missing]
            got = sources(session, chart, rest, helm=None)
        found |= {source.dependency: source for source in got}
    return Fetched(sources=tuple(found.values()), unavailable=_lines(missing))


def renew(session: Session, root: Path, name: str, *, override: Path | None, now: datetime) -> Updated:
    """Write Chart.lock and the recorded hashes of a chart anew, or the hashes beside an override."""
    file = override or directory_of(root, name) / "Chart.yaml"
    helm = find_helm(programs(session))
    found = update.pins(session, file, helm, override=override is not None, now=now)
    changed = found.changed
    found.write()
    return Updated(changed=changed, unavailable=_lines(found.unavailable))


def _lines(reasons: Mapping[Dependency, str] | Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{package}: {reason}" for package, reason in reasons.items())


def _wanted(fleet: Fleet, name: str | None) -> Iterator[Chart]:
    for chart in [name] if name else charts(fleet.root):
        yield find_chart(fleet.root, chart)
    overrides = {(hub.chart, hub.chart_override) for cluster in fleet.clusters for hub in cluster.hubs}
    for chart, override in sorted(overrides, key=str):
        if override and name in {None, chart}:
            yield find_chart(fleet.root, chart, override=override)
