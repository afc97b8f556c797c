"""The private copy of a chart that Helm is given: complete, and with the needed dependencies only.

A copy is made once per distinct content, under `charts/<hash>` of the cache. Its values.yaml is taken out,
since those defaults are merged with all other layers before Helm sees any (the decision record on null).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deployer.charts import files
from deployer.charts.cache import charts_cache, new_entry, reading
from deployer.charts.gateway_api import GATEWAY_API
from deployer.charts.hashes import HASHES
from deployer.charts.lock import LOCK
from deployer.charts.package import Package, write_package
from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.charts.sources import Source, sources
from deployer.fleet.checker import Checker
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deployer.charts.chart import Chart, Dependency
    from deployer.session import Session
    from deployer.tools.helm import Helm

# Part of every hash: raise it when the same input gives another copy.
_FORMAT = 2
_PACKAGES = "packages.json"
_DEFINITIONS = "crds"
_APART = "deployer.dev/resource-definitions"
"""An annotation in Chart.yaml: `apart` takes the directories `crds` of packages out of what Helm is given."""
_LEFT_OUT = {"Chart.yaml", LOCK, "values.yaml", HASHES, GATEWAY_API}


@dataclass(frozen=True, kw_only=True)
class PreparedChart:
    """A chart that Helm can render as it stands. `notices` are to be shown whenever it is used.

    `definitions` says which resources are to be defined before, where the chart keeps those apart.
    """

    path: Path
    packages: tuple[Package, ...]
    notices: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The name of the chart's content, that of its packages and `definitions` among it."""
        return self.path.parent.name

    @property
    def definitions(self) -> tuple[tuple[str, Path], ...]:
        """The files with definitions of resources, each after the name of its package, in a stable order."""
        directory = self.path.parent / _DEFINITIONS
        files = sorted(directory.rglob("*.y*ml"))
        return tuple((file.relative_to(directory).parts[0], file) for file in files)

    @cached_property
    def checkers(self) -> tuple[tuple[tuple[str, ...], Checker], ...]:
        """What checks the values at a path, for each schema that there is: its own and the packages'."""
        own = read_schema(self.path / SCHEMA)
        found: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), own)] if own else []
        found += [((each.name,), each.schema) for each in self.packages if each.schema is not None]
        return tuple((at, Checker(schema=schema)) for at, schema in found)


def prepare(
    session: Session, chart: Chart, dependencies: Sequence[Dependency], *, helm: Helm | None
) -> PreparedChart:
    """Return the private copy of a chart with these dependencies; `helm` downloads what is missing.

    Safe for any number of processes at once.

    Raises:
        ChartUnavailable: packages are neither in the mirror nor in the cache, and can't be downloaded.
        CacheUnusable: the cache can't be read or written.
        DeployerError: a package is not what it should be.
    """
    found = sources(session, chart, dependencies, helm=helm)
    entry = charts_cache(session) / _content_hash(chart, found)
    path = entry / chart.name
    packages = _packages(session, entry)
    if packages is None:
        with step(session.progress, chart.name, "assemble the chart"):
            shutil.rmtree(entry, ignore_errors=True)
            with new_entry(entry) as fresh:
                packages = _assemble(fresh, chart, found)
    unchecked = [f"schema not checked: {p.name} {p.version}" for p in packages if p.schema is None]
    notices = (*(notice for source in found for notice in source.notices), *unchecked)
    return PreparedChart(path=path, packages=packages, notices=notices)


def _packages(session: Session, entry: Path) -> tuple[Package, ...] | None:
    """Return what a copy says of its packages, None when there is no copy or it is damaged."""
    with reading(session):
        path = entry / _PACKAGES
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    try:
        return tuple(Package(**package) for package in json.loads(text))
    except (ValueError, TypeError):
        return None


def _content_hash(chart: Chart, found: Sequence[Source]) -> str:
    parts: list[Any] = [_FORMAT, chart.name, _metadata(chart, found)]
    parts += [(name, files.digest(path)) for name, path in _own_files(chart)]
    parts += [
        (source.sha256, source.entry.source, source.entry.images, source.entry.substitute) for source in found
    ]
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _metadata(chart: Chart, found: Sequence[Source]) -> dict[str, Any]:
    """Return a Chart.yaml that lists only the needed dependencies, so that Helm does not ask for others."""
    written = dict(zip(chart.dependencies, chart.metadata.get("dependencies") or (), strict=True))
    wanted = [source.dependency for source in found]
    listed = [{**written[dependency], "version": dependency.version} for dependency in wanted]
    return {**chart.metadata, "dependencies": listed}


def _own_files(chart: Chart) -> list[tuple[str, Path]]:
    """Return the chart's own files that go into a copy, by their path in it."""
    found = [(path.relative_to(chart.directory), path) for path in files.walk(chart.directory)]
    return [
        (inside.as_posix(), path)
        for inside, path in found
        if inside.as_posix() not in _LEFT_OUT and inside.parts[0] != "charts"
    ]


def _assemble(entry: Path, chart: Chart, found: Sequence[Source]) -> tuple[Package, ...]:
    directory = entry / chart.name
    for name, path in _own_files(chart):
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (directory / "charts").mkdir(parents=True)
    # JSON is YAML, and says the same to every reader.
    (directory / "Chart.yaml").write_text(json.dumps(_metadata(chart, found), indent=2), encoding="utf-8")
    packages = tuple(write_package(source, directory / "charts" / _folder(source)) for source in found)
    if (chart.metadata.get("annotations") or {}).get(_APART) == "apart":
        _take_out_definitions(entry, directory)
    (entry / _PACKAGES).write_text(json.dumps([asdict(package) for package in packages]), encoding="utf-8")
    return packages


def _take_out_definitions(entry: Path, directory: Path) -> None:
    """Move what Helm would install once and never upgrade; it would make a release too large as well."""
    for place in sorted((directory / "charts").rglob(_DEFINITIONS)):
        if place.is_dir():
            target = entry / _DEFINITIONS / place.parent.relative_to(directory / "charts")
            shutil.copytree(place, target, dirs_exist_ok=True)
            shutil.rmtree(place)


def _folder(source: Source) -> str:
    dependency = source.dependency
    return dependency.alias or dependency.name
