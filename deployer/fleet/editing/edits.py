"""What can be done to a YAML file.

Paths are those of the file before any edit, however many are made at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath, Mark


@dataclass(frozen=True, kw_only=True)
class RenameKey:
    """Give the key at the end of `at` another name; it keeps its place and its value."""

    at: KeyPath
    to: str


@dataclass(frozen=True, kw_only=True)
class SetValue:
    """Put another value where one is. A scalar keeps its quotes, a map or list is written on one line.

    A map that comes where nothing was, in a block, is written as a block.
    """

    at: KeyPath
    value: Any


@dataclass(frozen=True, kw_only=True)
class DeleteEntry:
    """Take a key with its value, or a list's item, out. Comments above it stay."""

    at: KeyPath


@dataclass(frozen=True, kw_only=True)
class CommentOut:
    """Make comments of the lines of a key with its value."""

    at: KeyPath


@dataclass(frozen=True, kw_only=True)
class InsertEntry:
    """Put a new key into the map at `at`: behind the key `after`, else before all others."""

    at: KeyPath
    key: str
    value: Any
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class InsertItem:
    """Put a new item into the list at `at`, before all others."""

    at: KeyPath
    value: Any


@dataclass(frozen=True, kw_only=True)
class AppendItem:
    """Put a new item behind all others of the list at `at`; a key that is missing or empty gets a list.

    `text` is the item as a YAML text of its own: its comments and its layout come along.
    """

    at: KeyPath
    text: str


@dataclass(frozen=True, kw_only=True)
class Lift:
    """Move what is in the map at `at` one level up, and take its key away."""

    at: KeyPath


@dataclass(frozen=True, kw_only=True)
class RemoveComment:
    """Take a comment away, with its line when nothing else is on it. `mark` is where its `#` stands."""

    mark: Mark


Edit = (
    RenameKey
    | SetValue
    | DeleteEntry
    | CommentOut
    | InsertEntry
    | InsertItem
    | AppendItem
    | Lift
    | RemoveComment
)


class EditRefused(DeployerError):
    """An edit that cannot be made without changing more than it should."""
