"""YAML files with the position of every key: read once, at the entrance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deployer.fleet.comments import Comment, comments
from deployer.fleet.construct import Construction
from deployer.fleet.encrypted import exposed, is_encrypted, is_encrypted_scalar, without_metadata
from deployer.fleet.leaves import leaves
from deployer.fleet.nodes import NotYaml, compose, place
from deployer.fleet.positions import Blocks, Inside, KeyPath, Mark, Marks, Texts
from deployer.fleet.problems import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Document", "KeyPath", "Mark", "examine", "read"]

_LARGEST = 1024 * 1024
"""Bytes. Kubernetes takes no larger Secret, and in Secrets go a release and the values of its hub."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML file. `name` is its path relative to the fleet's root, as messages show it.

    `data` is a map of text keys to maps, lists and scalars. What the file repeats by an alias is the same
    object, so nothing may change it. `marks` says where each key (or list item) starts, `texts` how each
    scalar is written, `blocks` where the text of each literal block starts; they look into the file's nodes
    only when asked. The values of an `encrypted` file are unknown, and what sops adds is left out; `exposed`
    says where it has plain ones nevertheless. `comments` are those that speak to this program. `digest` is
    the sha256 of the file as it was read, empty when there was nothing to read in it.
    """

    path: Path
    name: str
    data: Any = field(repr=False)
    marks: Mapping[KeyPath, Mark] = field(repr=False, default_factory=dict)
    texts: Mapping[KeyPath, str] = field(repr=False, default_factory=dict)
    blocks: Mapping[KeyPath, Mark] = field(repr=False, default_factory=dict)
    encrypted: bool = False
    exposed: tuple[KeyPath, ...] = ()
    comments: tuple[Comment, ...] = ()
    digest: str = ""

    @cached_property
    def unusual(self) -> tuple[tuple[KeyPath, Any], ...]:
        """The nulls, numbers and encrypted values in it: few, and what several rules look for."""
        return tuple(leaves(self.data, _is_unusual))

    def mark(self, at: KeyPath, *, line: int = 0) -> Mark:
        """Return where `at` starts, or its nearest ancestor that the file holds.

        With a `line`, counted from 1, that is where this line of its text starts, if it is a literal block.
        """
        block = self.blocks.get(at) if line else None
        if block is not None:
            lines = self.texts[at].split("\n")
            # What is empty in the text may be so in the file.
            column = block.column if "".join(lines[line - 1 : line]).strip() else 1
            return Mark(block.line + line - 1, column)
        for length in range(len(at), -1, -1):
            mark = self.marks.get(at[:length])
            if mark is not None:
                return mark
        return Mark(1, 1)

    def value(self, at: KeyPath) -> Any:
        """Return what is at `at`, None when nothing is."""
        value = self.data
        for key in at:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def inside(self, *at: str | int) -> Document:
        """Return the map at `at`, empty when there is none, as a document with its place in this file."""
        if not at:
            return self
        value = self.value(at)
        return Document(
            path=self.path,
            name=self.name,
            data=value if isinstance(value, dict) else {},
            marks=Inside(self.marks, at),
            texts=Inside(self.texts, at),
            blocks=Inside(self.blocks, at),
            encrypted=self.encrypted,
            digest=self.digest,
        )

    def problem(self, at: KeyPath, message: str, rule: str, *, line: int = 0, **more: Any) -> Problem:
        """Return a problem that points at `at`, or at a line of its text."""
        mark = self.mark(at, line=line)
        return Problem(path=self.name, line=mark.line, column=mark.column, message=message, rule=rule, **more)


def read(path: Path, *, root: Path) -> Document:
    """Return the document in a file; an empty file is an empty map.

    Raises:
        ConfigurationError: the file is missing, or anything is wrong with it.
    """
    document, problems = examine(path, root=root)
    if problems:
        raise ConfigurationError(problems)
    return document


def examine(path: Path, *, root: Path, content: bytes | None = None) -> tuple[Document, tuple[Problem, ...]]:
    """Return as much of a file as can be read, and everything that is wrong with it.

    With `content`, that counts and not what is on the disk.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    try:
        text = _text(_raw(path, name) if content is None else content, name)
        node = compose(text, name)
    except NotYaml as error:
        return Document(path=path, name=name, data={}), (error.problem,)
    if node is None:
        return Document(path=path, name=name, data={}), ()
    construction = Construction(name)
    data = construction.data(node)
    marks = Marks(node)
    if not isinstance(data, dict):
        if data is not None:
            construction.problems.append(_problem(name, "must be a map: `key: value` lines", marks[()]))
        data = {}
    encrypted = is_encrypted(data)
    document = Document(
        path=path,
        name=name,
        data=without_metadata(data) if encrypted else data,
        # Where nothing is, libyaml has a place behind the end of the file.
        marks=marks if data else {},
        texts=Texts(node),
        blocks=Blocks(node, text),
        encrypted=encrypted,
        exposed=exposed(data) if encrypted else (),
        comments=comments(text, node),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
    return document, tuple(construction.problems)


def _is_unusual(value: Any) -> bool:
    if isinstance(value, str):
        return is_encrypted_scalar(value)
    return not isinstance(value, bool)


def _raw(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():
            raise NotYaml(_problem(name, _what_is_there(path), rule="file"))
        if path.stat().st_size > _LARGEST:
            raise NotYaml(_problem(name, f"larger than {_LARGEST // 1024**2} MiB", rule="file"))
        return path.read_bytes()
    except OSError as error:
        raise NotYaml(_problem(name, f"cannot be read: {error.strerror}", rule="file")) from error


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotYaml(_problem(name, "not UTF-8 text: save the file as UTF-8", _position(error))) from error


def _what_is_there(path: Path) -> str:
    if path.is_dir():
        return "a directory, not a file"
    if path.is_symlink() and not path.exists():
        return "a link that leads to no file"
    return "not a plain file" if path.exists() else "no such file"


def _position(error: UnicodeDecodeError) -> Mark:
    before = error.object[: error.start].decode("utf-8")
    return Mark(*place(before, len(before)))


def _problem(name: str, message: str, mark: Mark = Mark(1, 1), *, rule: str = "yaml") -> Problem:  # noqa: B008 frozen
    return Problem(path=name, line=mark.line, column=mark.column, message=message, rule=rule)
