"""The files of a chart: which belong to it, what they say, and their hash."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from deployer.fleet import documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath


def read_mapping(path: Path, *, root: Path | None = None) -> dict[str, Any]:
    """Return what a YAML file says; messages show its path relative to `root`."""
    data: dict[str, Any] = documents.read(path, root=root or path.parent.parent).data
    return data


def walk(directory: Path) -> Iterator[Path]:
    """Return the files of a chart in a stable order: no hidden ones but `.helmignore`, no bytecode."""
    for path in sorted(directory.rglob("*")):
        parts = path.relative_to(directory).parts
        hidden = any(part.startswith(".") for part in parts) and parts != (".helmignore",)
        if path.is_file() and not hidden and "__pycache__" not in parts:
            yield path


def published(directory: Path) -> Iterator[Path]:
    """Return the files of a source tree that are in the package which is made of it, by its `.helmignore`."""
    listed = directory / ".helmignore"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and line.strip()[0] not in "#!"]
    for path in walk(directory):
        inside = path.relative_to(directory)
        if not any(_left_out(inside, pattern) for pattern in patterns):
            yield path


def _left_out(inside: PurePath, pattern: str) -> bool:
    """Say whether a pattern takes a file out of a package: by its path, or by that of a directory above."""
    wanted = pattern.strip("/")
    above = [each for each in inside.parents if each.name]
    places = above if pattern.endswith("/") else [inside, *above]
    whole = "/" in pattern.rstrip("/")
    return any(fnmatch(each.as_posix() if whole else each.name, wanted) for each in places)


def digest(path: Path) -> str:
    """Return the sha256 of a file, or of the names and contents of a directory's files."""
    total = hashlib.sha256()
    if path.is_file():
        total.update(path.read_bytes())
        return total.hexdigest()
    for file in walk(path):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{content}  {file.relative_to(path).as_posix()}\n".encode())
    return total.hexdigest()


def local_folder(repository: str, name: str, beside: Path) -> Path | None:
    """Return the folder of a dependency that is no package, as Helm understands `repository`, or None."""
    if repository.startswith("file://"):
        return (beside / repository.removeprefix("file://")).resolve()
    return None if repository else beside / "charts" / name
