"""The schema of a package with its descriptions, which the copy that Helm gets does without."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deployer.charts import files
from deployer.charts.archive import extract
from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.charts.sources import sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.charts.chart import Chart, Dependency
    from deployer.session import Session

_KEPT, _PUBLISHED = "values.schema.yaml", SCHEMA


def described_schema(session: Session, chart: Chart, dependency: Dependency) -> Mapping[str, Any]:
    """Return what a package's authors say about its values, empty when they say nothing.

    z2jh publishes its schema without descriptions, so there is more to tell when a chart mirror has its
    sources.

    Raises:
        ChartUnavailable: the package is not at hand.
    """
    (source,) = sources(session, chart, [dependency], helm=None)
    if source.entry.path.is_dir():
        return _in_folder(source.entry.path)
    with TemporaryDirectory(prefix="deployer-chart-") as directory:
        extract(source.entry.path, Path(directory))
        return _in_folder(Path(directory))


def _in_folder(folder: Path) -> Mapping[str, Any]:
    if (folder / _KEPT).is_file():
        return files.read_mapping(folder / _KEPT)
    if (folder / _PUBLISHED).is_file():
        return read_schema(folder / _PUBLISHED)
    return {}
