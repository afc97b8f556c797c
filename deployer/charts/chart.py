"""A chart of the fleet, or one shipped with the program: metadata, dependencies and recorded hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.charts.files import read_mapping
from deployer.charts.hashes import HASHES, read_hashes
from deployer.charts.lock import LOCK, locked_versions
from deployer.errors import DeployerError
from deployer.fleet import documents
from deployer.fleet.shipped import places
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deployer.fleet.documents import Document

_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """A chart that another one needs, at an exact version. `condition`, `tags` and `alias` are Helm's."""

    name: str
    version: str
    repository: str
    condition: str | None = None
    tags: tuple[str, ...] = ()
    alias: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def file_name(self) -> str:
        """The name of the package's file."""
        return f"{self.name}-{self.version}.tgz"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as it stands in its directory. `metadata` is Chart.yaml, or the override's in its place.

    `hashes` maps the file name of a package to its recorded sha256.
    """

    name: str
    directory: Path
    metadata: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]
    defaults: Document
    hashes: Mapping[str, str] = field(default_factory=dict)
    override: Path | None = None


def find_chart(root: Path, name: str, *, override: Path | None = None) -> Chart:
    """Return the chart `name`: the root's own, else the one shipped with the program.

    `override` is a Chart.yaml in place of the chart's own, with the hashes of its packages beside it.
    """
    directory = directory_of(root, name)
    file = override or directory / "Chart.yaml"
    shown_from = root if directory.is_relative_to(root) else directory.parent.parent
    metadata = read_mapping(file, root=root if override else shown_from)
    wanted = _wanted(metadata, file)
    locked = None if override else locked_versions(directory / LOCK, wanted)
    versions = locked or [str(entry.get("version") or "") for entry in wanted]
    hashes = read_hashes(directory / HASHES)
    if override:
        hashes |= read_hashes(override.parent / HASHES)
    return Chart(
        name=name,
        directory=directory,
        metadata=metadata,
        dependencies=tuple(map(_dependency, wanted, versions, [file] * len(wanted))),
        defaults=documents.read(directory / "values.yaml", root=shown_from),
        hashes=hashes,
        override=override,
    )


def charts(root: Path) -> tuple[str, ...]:
    """Return the names of all charts that `find_chart` finds."""
    found = {file.parent.name for place in places(root, "charts") for file in place.glob("*/Chart.yaml")}
    return tuple(sorted(found))


def needed(chart: Chart, values: Mapping[str, Any]) -> tuple[Dependency, ...]:
    """Return the dependencies that merged values enable, as Helm decides it.

    The first path of a condition at which there is a boolean decides, else the tags do, else a dependency is
    enabled. (Helm looks at the dependency's own default for the path too. Such a one is needed here, and left
    out by Helm.)
    """
    return tuple(dependency for dependency in chart.dependencies if _enabled(dependency, values))


def directory_of(root: Path, name: str) -> Path:
    """Return where a chart is: in the root, else in what is shipped with the program."""
    known = charts(root)
    if name not in known:
        raise DeployerError(f"no such chart: {name}", hint=did_you_mean(name, known))
    return next(place / name for place in places(root, "charts") if (place / name / "Chart.yaml").is_file())


def _wanted(metadata: Mapping[str, Any], file: Path) -> list[dict[str, Any]]:
    listed = metadata.get("dependencies") or []
    if not isinstance(listed, list) or not all(map(_is_dependency, listed)):
        raise DeployerError(f"{file}: `dependencies` must be a list of maps, each with a `name`")
    return listed


def _is_dependency(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return False
    texts = all(isinstance(entry.get(key) or "", str) for key in ("repository", "condition", "alias"))
    return texts and isinstance(entry.get("tags") or [], list)


def _dependency(entry: Mapping[str, Any], version: str, file: Path) -> Dependency:
    if not _EXACT.fullmatch(version):
        raise DeployerError(
            f"{file}: no exact version of dependency `{entry['name']}`: {version or 'none'}",
            hint="write the version in full, or lock it with `deployer charts update`",
        )
    return Dependency(
        name=entry["name"],
        version=version,
        repository=entry.get("repository") or "",
        condition=entry.get("condition"),
        tags=tuple(entry.get("tags") or ()),
        alias=entry.get("alias"),
    )


def _enabled(dependency: Dependency, values: Mapping[str, Any]) -> bool:
    for path in (dependency.condition or "").strip().split(","):
        found = _at(values, path.split("."))
        if isinstance(found, bool):
            return found
    tags = values.get("tags")
    said = [tags.get(tag) for tag in dependency.tags] if isinstance(tags, dict) else []
    return True in said or False not in said


def _at(values: Any, path: Sequence[str]) -> Any:
    for key in path:
        if not isinstance(values, dict):
            return None
        values = values.get(key)
    return values
