"""A chart mirror: a directory of charts that is searched by name and version before any network.

It holds packages (`jupyterhub-4.4.0.tgz`) and folders. `mirror.yaml` tells of source trees, whose charts say
neither their version nor the tags of their images: of one by its name, of several of a name in a list. A
source tree has none of the charts that it needs itself, which publishing packs into it: `charts` lists their
folders. `substitutes.yaml` replaces a chart by another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.charts.files import read_mapping
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX = "mirror.yaml"
SUBSTITUTES = "substitutes.yaml"

_INDEX_KEYS = {"path", "version", "images", "charts"}
_SUBSTITUTE_KEYS = {"path", "reason"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A chart of a mirror: a package or a folder.

    `source` says that its version and the tags of its images are still to be written into a copy of it.
    `images` maps a path in its values (`hub.image`) to what is set there. `substitute` is the reason why it
    stands in for another chart. `charts` are folders of charts that belong inside of it.
    """

    path: Path
    source: bool = False
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    charts: tuple[Path, ...] = ()
    substitute: str | None = None


def find(mirror: Path, name: str, version: str) -> Entry | None:
    """Return the chart of a mirror that has this name and version, or what replaces it, or None."""
    for substitute in _listed(mirror, SUBSTITUTES, name, _SUBSTITUTE_KEYS):
        reason = str(substitute.get("reason") or "no reason given")
        return Entry(path=_chart(mirror, SUBSTITUTES, name, substitute), source=True, substitute=reason)
    package = mirror / f"{name}-{version}.tgz"
    if package.is_file():
        return Entry(path=package)
    for listed in _listed(mirror, INDEX, name, _INDEX_KEYS):
        if str(listed.get("version")) == version:
            images = _images(mirror / INDEX, name, listed.get("images") or {})
            inside = tuple(_folder(mirror, INDEX, name, each) for each in _texts(listed.get("charts")))
            return Entry(path=_chart(mirror, INDEX, name, listed), source=True, images=images, charts=inside)
    for file in sorted(mirror.glob("*/Chart.yaml")):
        metadata = read_mapping(file)
        if (metadata.get("name"), str(metadata.get("version"))) == (name, version):
            return Entry(path=file.parent)
    return None


def _listed(mirror: Path, index: str, name: str, keys: set[str]) -> list[Mapping[str, Any]]:
    file = mirror / index
    listed = read_mapping(file).get(name) if file.exists() else None
    found = listed if isinstance(listed, list) else [] if listed is None else [listed]
    for each in found:
        if not isinstance(each, dict) or "path" not in each:
            raise DeployerError(f"{file}: `{name}` needs a `path`")
        unknown = sorted(set(each) - keys)
        if unknown:
            known = ", ".join(sorted(keys))
            raise DeployerError(f"{file}: unknown key of `{name}`: {unknown[0]}", hint=f"known keys: {known}")
    return found


def _chart(mirror: Path, index: str, name: str, listed: Mapping[str, Any]) -> Path:
    return _folder(mirror, index, name, str(listed["path"]))


def _texts(listed: Any) -> list[str]:
    return [str(each) for each in listed] if isinstance(listed, list) else []


def _folder(mirror: Path, index: str, name: str, listed: str) -> Path:
    path = mirror / listed
    if not (path / "Chart.yaml").is_file():
        raise DeployerError(f"{mirror / index}: `{name}` is no folder with a Chart.yaml: {path}")
    return path


def _images(file: Path, name: str, images: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(images, dict) or not all(isinstance(image, dict) for image in images.values()):
        raise DeployerError(f"{file}: `images` of `{name}` maps a path in values to a mapping")
    return {str(at): {str(key): str(value) for key, value in image.items()} for at, image in images.items()}
