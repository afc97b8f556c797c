"""Edited files before they are written: looked at as a diff, loaded as a fleet, then written all or none."""

from __future__ import annotations

import difflib
import io
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.editing.editor import edited
from deployer.fleet.editing.edits import EditRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.editing.edits import Edit

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a file becomes. `name` is its path relative to the fleet's root; what is new has no `before`."""

    path: Path
    name: str
    before: bytes | None = field(repr=False)
    after: bytes = field(repr=False)

    @property
    def old(self) -> bytes:
        """What was in the file, nothing when it is new."""
        return self.before or b""


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """Files of the fleet in `root` as they are to become, by path, and as they are on the disk.

    What is not there yet has None as `before`.
    """

    root: Path
    before: Mapping[Path, bytes | None] = field(repr=False, default_factory=dict)
    after: Mapping[Path, bytes] = field(repr=False, default_factory=dict)

    def edited(self, path: Path, edits: Iterable[Edit]) -> Drafts:
        """Return these drafts with more edits of a file.

        Raises:
            EditRefused: it is not one to edit, or an edit cannot be made; the message names the file.
        """
        name = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        try:
            before = self.before[path] if path in self.before else _content(path, self.root)
            text = self.after.get(path, before or b"").decode()
            mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
            after = mark + edited(text.removeprefix(mark), edits)
        except EditRefused as error:
            raise EditRefused(f"{name} cannot be edited: {error.message}", hint=error.hint) from error
        return replace(self, before={**self.before, path: before}, after={**self.after, path: after.encode()})

    def created(self, path: Path, content: bytes) -> Drafts:
        """Return these drafts with a new file.

        Raises:
            DeployerError: there is something already, or a directory on the way is none of the fleet's.
        """
        name = path.relative_to(self.root).as_posix()
        if os.path.lexists(path) or path in self.after:
            raise DeployerError(f"there is a file already, which stays as it is: {name}")
        if path.parent.resolve() != self.root.resolve() / path.parent.relative_to(self.root):
            raise DeployerError(f"cannot be written, for it lies behind a link: {name}")
        return replace(self, before={**self.before, path: None}, after={**self.after, path: content})

    @property
    def changes(self) -> tuple[Change, ...]:
        """The files that are not as they were, by name."""
        return tuple(
            Change(
                path=path,
                name=path.relative_to(self.root).as_posix(),
                before=self.before[path],
                after=after,
            )
            for path, after in sorted(self.after.items())
            if after != self.before[path]
        )


def diff(changes: Iterable[Change]) -> str:
    """Return changes as a unified diff, which `git apply` and `patch -p1` take."""
    return "".join(line for change in changes for line in _diff(change))


def _diff(change: Change) -> Iterator[str]:
    before, after = _lines(change.old), _lines(change.after)
    old = "/dev/null" if change.before is None else f"a/{change.name}"
    for line in difflib.unified_diff(before, after, old, f"b/{change.name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str]:
    return list(io.StringIO(content.decode(), newline="\n"))


def _content(path: Path, root: Path) -> bytes:
    if not path.is_relative_to(root):
        raise EditRefused("it lies outside the fleet's directory")
    try:
        if path.resolve() != root.resolve() / path.relative_to(root):
            raise EditRefused("it is a link, or lies behind one")
        content = path.read_bytes()
        content.decode()
    except OSError as error:
        raise EditRefused(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EditRefused("it is not UTF-8 text") from error
    return content
