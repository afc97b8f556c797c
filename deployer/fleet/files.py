"""The files of one load: each is read once, and what is wrong with any of them is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet import schema
from deployer.fleet.documents import Document, examine
from deployer.fleet.spelling import near
from deployer.fleet.subjects import in_hub
from deployer.fleet.versions import too_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

RULE = "file"

_LONGEST_SHOWN = 80


@dataclass
class Files:
    """Reads files under `root` and collects the problems. `edited` is what some of them are to become."""

    root: Path
    edited: Mapping[Path, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _documents: dict[Path, Document] = field(default_factory=dict)
    _checked: set[Path] = field(default_factory=set)
    _there: dict[str, Path] = field(default_factory=dict)
    _inside: dict[Path, bool] = field(default_factory=dict)

    @property
    def documents(self) -> tuple[Document, ...]:
        """All files that were read, as far as they could be."""
        return tuple(self._documents.values())

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def document(self, path: Path) -> Document:
        """Return a file's content, as far as it can be read."""
        if path not in self._documents:
            self._documents[path], problems = examine(path, root=self.root, content=self.edited.get(path))
            self.problems.extend(problems)
        return self._documents[path]

    def checked(self, path: Path, kind: schema.Kind) -> Document:
        """Return the content of a file that has a schema, checked against it."""
        document = self.document(path)
        if path not in self._checked:
            self._checked.add(path)
            if document.encrypted:
                # A rule tells; what the schema had to say about what sops writes would help nobody.
                document = self._documents[path] = replace(document, data={})
                return document
            newer = too_new(document) if kind == "cluster" else None
            if newer:
                self.problems.append(newer)
                self._documents[path] = replace(document, data={})
                return self._documents[path]
            # When nothing could be read, that is the one problem; missing keys would hide it.
            if document.data or not any(each.path == document.name for each in self.problems):
                self.problems.extend(schema.check(document, kind))
        return document

    def listed(self, owner: Document, at: KeyPath, name: Any, *, below: Path | None = None) -> Path | None:
        """Return the path of a file that another one lists, relative to itself or to `below`."""
        if not isinstance(name, str) or not name:
            return None
        # As text: hubs list the same files again, and paths are slow to make and to compare.
        place = os.path.normpath(os.path.join(below or owner.path.parent, name))  # noqa: PTH118
        if place in self._there:
            return self._there[place]
        path = Path(place)
        try:
            trouble = self._trouble(path, name)
        except (OSError, ValueError, RuntimeError) as error:
            trouble = _unusable(name, error)
        if trouble:
            subject, _ = in_hub(owner.data, at)
            self.problems.append(owner.problem(at, subject + trouble, RULE))
            return None
        self._there[place] = path
        return path

    def _trouble(self, path: Path, name: str) -> str | None:
        if not self._is_inside(path):
            return f"`{name}` lies outside the fleet's directory: move it inside"
        if path.is_file() or path in self.edited:
            return None
        if path.exists():
            return f"`{name}` is a directory" if path.is_dir() else f"`{name}` is not a plain file"
        if path.is_symlink():
            return f"`{name}` is a link that leads to no file"
        siblings = path.parent.iterdir() if path.parent.is_dir() else ()
        alike = [each.name for each in siblings if near(_stem(path), [_stem(each)])]
        close = near(path.name, alike)
        return f"no such file: `{name}`" + (f", did you mean `{close}`?" if close else "")

    def _is_inside(self, path: Path) -> bool:
        """Say whether a file lies below the root when links are followed, which is slow: once a directory."""
        # Unlike the methods of Path, these raise nothing: `resolve` does, when there is something to raise.
        if os.path.islink(path) or not os.path.isfile(path):  # noqa: PTH113, PTH114
            return path.resolve().is_relative_to(self._real_root)
        directory = path.parent
        if directory not in self._inside:
            self._inside[directory] = directory.resolve().is_relative_to(self._real_root)
        return self._inside[directory]


def _unusable(name: str, error: Exception) -> str:
    """Return why a path cannot even be looked at."""
    if "\0" in name:
        return "a file's name cannot have a NUL character"
    short = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."
    if isinstance(error, OSError) and error.strerror:
        return f"`{short}` cannot be read: {error.strerror}"
    # Path.resolve raises RuntimeError for this and nothing else.
    return f"`{short}` is a link that leads back to itself"


def _stem(path: Path) -> str:
    """Return what tells files of one kind apart: all end with `.values.yaml` or the like."""
    return path.name.split(".", 1)[0]
