"""Where the packages of a chart's dependencies come from: the mirror, the cache, else a download."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deployer.charts import files, mirror
from deployer.charts.cache import charts_cache, new_entry, reading
from deployer.errors import DeployerError, Interrupted
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deployer.charts.chart import Chart, Dependency
    from deployer.session import Session
    from deployer.tools.helm import Helm


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a dependency is made of: a package or a folder, and its hash (of its files for a folder)."""

    dependency: Dependency
    entry: mirror.Entry
    sha256: str
    notices: tuple[str, ...] = ()


class ChartUnavailable(DeployerError):
    """Packages are neither in the mirror nor in the cache, and could not be downloaded.

    `packages` are those, and `reasons` says why for each of them.
    """

    def __init__(self, chart: Chart, reasons: Mapping[Dependency, str]) -> None:
        self.chart = chart
        self.reasons = dict(reasons)
        self.packages = tuple(reasons)
        lines = [f"{dependency}: {reason}" for dependency, reason in reasons.items()]
        super().__init__(
            "\n".join([f"chart packages are missing: {', '.join(map(str, reasons))}", *lines]),
            hint=f"run `deployer charts fetch {chart.name}` with a network, or give `--chart-mirror DIR`",
        )


class PackageChanged(DeployerError):
    """A package is not the one whose hash was recorded."""


def sources(
    session: Session, chart: Chart, dependencies: Sequence[Dependency], *, helm: Helm | None
) -> tuple[Source, ...]:
    """Return where each dependency's content is, downloading what is missing when there is a Helm for it.

    Raises:
        ChartUnavailable: naming every package that can't be had.
        PackageChanged: a package of the mirror or of the repository has another hash than the recorded one.
    """
    found = {dependency: _present(session, chart, dependency) for dependency in dependencies}
    missing = [dependency for dependency, source in found.items() if source is None]
    if missing:
        if helm is None:
            raise ChartUnavailable(chart, dict.fromkeys(missing, "neither in the cache nor in the mirror"))
        found |= _downloaded(session, chart, missing, helm)
    return tuple(source for source in found.values() if source is not None)


def _present(session: Session, chart: Chart, dependency: Dependency) -> Source | None:
    local = _local(chart, dependency)
    if local:
        return Source(dependency=dependency, entry=mirror.Entry(path=local), sha256=files.digest(local))
    if session.chart_mirror:
        entry = mirror.find(session.chart_mirror, dependency.name, dependency.version)
        if entry:
            return _of_mirror(chart, dependency, entry)
    cached = _cached(session, dependency)
    with reading(session):
        if cached.is_file() and _fits(chart, dependency, cached):
            return _of_package(chart, dependency, cached)
    return None


def _local(chart: Chart, dependency: Dependency) -> Path | None:
    beside = chart.override.parent if chart.override else chart.directory
    path = files.local_folder(dependency.repository, dependency.name, beside)
    if path and not (path / "Chart.yaml").is_file():
        raise DeployerError(f"chart `{chart.name}`: dependency `{dependency.name}` is not there: {path}")
    return path


def _of_mirror(chart: Chart, dependency: Dependency, entry: mirror.Entry) -> Source:
    if entry.path.is_file():
        if not _fits(chart, dependency, entry.path):
            raise _changed(chart, dependency, entry.path)
        return _of_package(chart, dependency, entry.path)
    if entry.substitute:
        notice = f"{dependency} is replaced by {entry.path}: {entry.substitute}"
    else:
        notice = f"{dependency} comes from a folder, which has no hash to compare: {entry.path}"
    return Source(dependency=dependency, entry=entry, sha256=_digest(entry), notices=(notice,))


def _digest(entry: mirror.Entry) -> str:
    digests = [files.digest(path) for path in (entry.path, *entry.charts)]
    return hashlib.sha256("".join(digests).encode()).hexdigest() if entry.charts else digests[0]


def _of_package(chart: Chart, dependency: Dependency, path: Path) -> Source:
    notices: tuple[str, ...] = ()
    if dependency.file_name not in chart.hashes:
        command = f"deployer charts update {chart.name}"
        command += f" --override {chart.override}" if chart.override else ""
        notices = (f"{dependency} was not compared with a recorded hash: run `{command}`",)
    sha256 = files.digest(path)
    return Source(dependency=dependency, entry=mirror.Entry(path=path), sha256=sha256, notices=notices)


def _fits(chart: Chart, dependency: Dependency, path: Path) -> bool:
    recorded = chart.hashes.get(dependency.file_name)
    return recorded is None or files.digest(path) == recorded


def _changed(chart: Chart, dependency: Dependency, path: Path) -> PackageChanged:
    recorded = chart.hashes[dependency.file_name]
    return PackageChanged(
        f"package of {dependency} is not the recorded one: {path}\n"
        f"recorded: {recorded}\nfound:    {files.digest(path)}",
        hint=f"find out why it changed; to accept it, run `deployer charts update {chart.name}`",
    )


def _cached(session: Session, dependency: Dependency) -> Path:
    # Two repositories may offer different packages of one name and version.
    repository = hashlib.sha256(dependency.repository.encode()).hexdigest()[:12]
    return charts_cache(session) / "packages" / repository / dependency.file_name


def _downloaded(
    session: Session, chart: Chart, missing: Sequence[Dependency], helm: Helm
) -> dict[Dependency, Source]:
    with ThreadPoolExecutor(max_workers=len(missing)) as pool:
        runs = {
            dependency: pool.submit(_download, session, chart, dependency, helm) for dependency in missing
        }
    got: dict[Dependency, Source] = {}
    reasons: dict[Dependency, str] = {}
    for dependency, run in runs.items():
        try:
            got[dependency] = run.result()
        except (Interrupted, PackageChanged):
            raise
        except DeployerError as error:
            reasons[dependency] = error.message.splitlines()[-1]
    if reasons:
        raise ChartUnavailable(chart, reasons)
    return got


def _download(session: Session, chart: Chart, dependency: Dependency, helm: Helm) -> Source:
    final = _cached(session, dependency)
    with step(session.progress, str(dependency), "download"), TemporaryDirectory() as directory:
        (Path(directory) / "to").mkdir()
        package = helm.pull(
            dependency.name,
            dependency.version,
            dependency.repository,
            Path(directory) / "to",
            home=Path(directory) / "home",
        )
        if not _fits(chart, dependency, package):
            raise _changed(chart, dependency, package)
        final.unlink(missing_ok=True)
        with new_entry(final) as fresh:
            shutil.copyfile(package, fresh)
    return _of_package(chart, dependency, final)
