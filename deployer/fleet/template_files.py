"""The templates of a community's own pages: read with the fleet, since what is computed reads no files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.fleet.subjects import in_hub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.files import Files
    from deployer.fleet.model import Feature

FEATURE = "templates"
RULE = "file"
_LARGEST = 256 * 1024
"""Bytes of all together. They go into one Secret with all other files of the hub, which holds 1 MiB."""


def with_templates(files: Files, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return features of which `templates` has in `files` the text of each file of its directory, by name."""
    return tuple(_with_files(files, each) if each.name == FEATURE else each for each in features)


def directories(root: Path, features: Iterable[Feature]) -> Iterator[Path]:
    """Yield the directories that features name, whether they are there or not."""
    for feature in features:
        said = feature.settings.get("directory") if feature.name == FEATURE else None
        if isinstance(said, str) and "\0" not in said:
            yield Path(os.path.normpath(root / said))


def _with_files(files: Files, feature: Feature) -> Feature:
    place = next(directories(files.root, [feature]), None)
    if place is None:
        return feature
    found: dict[str, str] = {}
    for trouble in _read(files.root, place, found):
        at = (*feature.at, "directory")
        subject, _ = in_hub(feature.document.data, at)
        files.problems.append(feature.document.problem(at, subject + trouble, RULE))
    return replace(feature, settings={**feature.settings, "files": found})


def _read(root: Path, place: Path, found: dict[str, str]) -> Iterator[str]:
    """Put the text of each template into `found`, and yield what is wrong."""
    name = os.path.relpath(place, root)
    # Those of `Path` raise for names that are too long.
    if not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(root)):
        yield f"`{name}` lies outside the fleet's directory: move it inside"
    elif not os.path.isdir(place):  # noqa: PTH112 raises nothing
        yield f"no such directory: `{name}`, seen from the fleet's own"
    else:
        for path in sorted(place.glob("*.html")):
            try:
                found[path.name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeError):
                yield f"`{name}/{path.name}` is no text in UTF-8 that can be read"
        if not found:
            yield f"`{name}` has no template: files whose names end with `.html`"
        if sum(len(text.encode()) for text in found.values()) > _LARGEST:
            yield f"`{name}` has more than {_LARGEST // 1024} KiB of templates: put pictures elsewhere"
