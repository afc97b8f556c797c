"""What a chart is at this moment: its files, and those of every package that it may need."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from deployer.charts import files
from deployer.charts.hashes import HASHES
from deployer.charts.sources import ChartUnavailable, sources
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from deployer.charts.chart import Chart, Dependency
    from deployer.session import Session


def fingerprint(session: Session, chart: Chart) -> str:
    """Return what changes whenever a chart does, or a package that it may need; nothing is downloaded."""
    parts: list[Any] = [chart.name, str(chart.directory), files.digest(chart.directory)]
    if chart.override:
        beside = chart.override.parent / HASHES
        parts += [str(chart.override), files.digest(chart.override)]
        parts += [files.digest(beside)] if beside.exists() else []
    parts += [_package(session, chart, dependency) for dependency in chart.dependencies]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _package(session: Session, chart: Chart, dependency: Dependency) -> Any:
    try:
        (source,) = sources(session, chart, [dependency], helm=None)
    except ChartUnavailable:
        return None
    except DeployerError as error:
        return error.message
    entry = source.entry
    return [str(entry.path), source.sha256, entry.source, entry.images, entry.substitute, source.notices]
