"""One dependency inside a private copy: its files, with what a source tree leaves open filled in."""

from __future__ import annotations

import copy
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.charts import files
from deployer.charts.archive import extract
from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.charts.sources import Source

# What chartpress, the tool that publishes z2jh and the charts around it, fills in when it makes a package.
_TAG_PLACEHOLDER = "set-by-chartpress"

_NAMES = {"properties", "patternProperties", "definitions", "$defs"}
_SCHEMA_SOURCE = "values.schema.yaml"


@dataclass(frozen=True, kw_only=True)
class Package:
    """A dependency in a private copy. `name` is its key in the values.

    `schema` is None when it has none, `substitute` the reason why another chart stands in for it.
    """

    name: str
    version: str
    defaults: Mapping[str, Any]
    schema: Mapping[str, Any] | None
    substitute: str | None = None


def write_package(source: Source, directory: Path) -> Package:
    """Write the files of a dependency into `directory`, and return what rendering needs to know of it."""
    directory.mkdir(parents=True)
    if source.entry.path.is_file():
        extract(source.entry.path, directory)
    else:
        _copy(source.entry.path, directory, source=source.entry.source)
    for chart in source.entry.charts:
        _copy(chart, directory / "charts" / chart.name, source=True)
    if source.entry.source:
        _fill_in(source, directory)
    metadata = files.read_mapping(directory / "Chart.yaml")
    said, wanted = (metadata.get("name"), metadata.get("version")), _name_and_version(source)
    if said != wanted:
        raise DeployerError(f"not {wanted[0]} {wanted[1]} but {said[0]} {said[1]}: {source.entry.path}")
    defaults = directory / "values.yaml"
    return Package(
        name=source.dependency.alias or source.dependency.name,
        version=source.dependency.version,
        defaults=files.read_mapping(defaults) if defaults.exists() else {},
        schema=_schema(directory),
        substitute=source.entry.substitute,
    )


def _name_and_version(source: Source) -> tuple[str, str]:
    return source.dependency.name, source.dependency.version


def _copy(folder: Path, directory: Path, *, source: bool) -> None:
    for path in files.published(folder) if source else files.walk(folder):
        target = directory / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _fill_in(source: Source, directory: Path) -> None:
    """Write name, version and images into the copy of a source tree, as publishing it would have done."""
    chart = directory / "Chart.yaml"
    text = chart.read_text(encoding="utf-8")
    for key, value in zip(("name", "version"), _name_and_version(source), strict=True):
        text = re.sub(rf"^{key}:.*$", f"{key}: {json.dumps(value)}", text, count=1, flags=re.MULTILINE)
    chart.write_text(text, encoding="utf-8")
    values = directory / "values.yaml"
    if values.exists():
        text = values.read_text(encoding="utf-8")
        values.write_text(text.replace(_TAG_PLACEHOLDER, source.dependency.version), encoding="utf-8")
    if source.entry.images:
        data = copy.deepcopy(files.read_mapping(values))
        for at, image in source.entry.images.items():
            _image_at(data, at, source).update(image)
        values.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _image_at(values: Any, at: str, source: Source) -> dict[str, Any]:
    for key in at.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    if not isinstance(values, dict):
        raise DeployerError(f"no image at `{at}` in the values of {source.dependency}: {source.entry.path}")
    return values


def _schema(directory: Path) -> dict[str, Any] | None:
    """Return the chart's schema, and leave it where Helm looks for it, in JSON and without descriptions.

    z2jh and the charts around it keep it as YAML and make the JSON when they publish.
    """
    published, kept = directory / SCHEMA, directory / _SCHEMA_SOURCE
    schema: dict[str, Any] | None = None
    if published.exists():
        schema = read_schema(published)
    elif kept.exists():
        schema = _without_descriptions(files.read_mapping(kept))
        published.write_text(json.dumps(schema), encoding="utf-8")
    # A release is one Secret of at most 1 MiB with all of the chart's files in it.
    kept.unlink(missing_ok=True)
    for read_by_people in directory.rglob("*.md"):
        read_by_people.unlink()
    return schema


def _without_descriptions(schema: Any, *, names: bool = False) -> Any:
    """Return a schema without descriptions. With `names`, keys are names that its author chose."""
    if isinstance(schema, list):
        return [_without_descriptions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_descriptions(value, names=not names and key in _NAMES)
        for key, value in schema.items()
        if names or key != "description"
    }
