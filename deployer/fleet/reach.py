"""Which hubs a file reaches: those that would not be the same without it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet import template_files
from deployer.fleet.shipped import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.model import Cluster, Fleet, Hub

_CREDENTIALS = (("aws", "key"), ("azure", "key"), ("gcp", "key"), ("kubeconfig", "file"))


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A hub, and the files that reach it, relative to the fleet's root."""

    cluster: Cluster
    hub: Hub
    files: tuple[str, ...]

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"cluster": self.cluster.name, "hub": self.hub.name, "files": list(self.files)}


def reached(fleet: Fleet, files: Iterable[Path], *, shared: Iterable[Path] = ()) -> tuple[Reached, ...]:
    """Return the hubs that files reach, in the fleet's order.

    A file may be gone: who lists it is reached. A directory stands for all that is in it, on both sides.
    What lies in a `shared` place reaches every hub.
    """
    changed = _Changed(files)
    everywhere = [*_of_all(fleet.root), *shared]
    found = []
    for cluster in fleet.clusters:
        of_cluster = [*everywhere, *_of_cluster(cluster)]
        for hub in cluster.hubs:
            sources = (*of_cluster, *_of_hub(fleet.root, cluster, hub))
            reasons = {name for source in sources for name in changed.within(source, fleet.root)}
            if reasons:
                found.append(Reached(cluster=cluster, hub=hub, files=tuple(sorted(reasons))))
    return tuple(found)


class _Changed:
    """Files, found by each of the paths that lead to them."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._places: dict[Path, tuple[Path, ...]] = {}
        self._at: dict[Path, Path] = {}
        self._below: dict[Path, list[Path]] = {}
        for file in files:
            for place in self._known(file):
                self._at[place] = file
                for above in place.parents:
                    self._below.setdefault(above, []).append(file)

    def within(self, source: Path, root: Path) -> Iterator[str]:
        """Yield the names of the files that are a source, lie in it, or hold it."""
        for place in self._known(source):
            found = [self._at[each] for each in (place, *place.parents) if each in self._at]
            for file in (*found, *self._below.get(place, ())):
                yield _named(file, root)

    def _known(self, path: Path) -> tuple[Path, ...]:
        if path not in self._places:
            # A link and what it leads to: either may have changed. Path.resolve raises at a circle of links.
            absolute = Path(os.path.abspath(path))  # noqa: PTH100
            real = (Path(os.path.realpath(absolute.parent), absolute.name), Path(os.path.realpath(absolute)))
            self._places[path] = tuple(dict.fromkeys((absolute, *real)))
        return self._places[path]


def _named(file: Path, root: Path) -> str:
    for above in (root, root.resolve()):
        if file.is_relative_to(above):
            return file.relative_to(above).as_posix()
    return str(file)


def _of_all(root: Path) -> Iterator[Path]:
    yield root / "config" / "org.yaml"
    yield root / "config" / "rules"


def _of_cluster(cluster: Cluster) -> Iterator[Path]:
    yield cluster.document.path
    yield cluster.directory / "outputs.yaml"
    listed = (cluster.document.value(at) for at in _CREDENTIALS)
    yield from _paths(cluster.directory, listed)


def _of_hub(root: Path, cluster: Cluster, hub: Hub) -> Iterator[Path]:
    declared: dict[str, Any] = hub.document.value(hub.at)
    # As they are listed, since one that is gone is not in the model.
    listed = declared.get("helm_chart_values_files")
    entries = listed if isinstance(listed, list) else ()
    names = (each.get("file") if isinstance(each, dict) else each for each in entries)
    yield from _paths(cluster.directory, names)
    yield from _paths(cluster.directory, (declared.get("domain_override_file"),))
    for directory in (cluster.directory, root):
        for override in _paths(directory, (declared.get("chart_override"),)):
            yield override
            yield override.parent / "packages.sha256"
    named = declared.get("presets")
    wanted = {preset.name for preset in hub.presets} | set(_names(named if isinstance(named, list) else ()))
    # In all places: a file of the fleet's own may have hidden, or uncovered, one that comes with the program.
    yield from (place / f"{name}.yaml" for place in places(root, "presets") for name in wanted)
    yield from template_files.directories(root, hub.features)
    if hub.chart:
        yield from (place / hub.chart for place in places(root, "charts"))


def _paths(directory: Path, listed: Iterable[Any]) -> Iterator[Path]:
    return (directory / name for name in _names(listed))


def _names(listed: Iterable[Any]) -> Iterator[str]:
    return (name for name in listed if isinstance(name, str) and name and "\0" not in name)
