"""What a step of a migration is given, and what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.fleet.documents import Document
    from deployer.fleet.editing.drafts import Drafts
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.model import Cluster, Fleet
    from deployer.fleet.positions import KeyPath


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A fleet, and those of its clusters that are to be lifted. `drafts` are its files as edited so far."""

    fleet: Fleet
    clusters: tuple[Cluster, ...]
    drafts: Drafts


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Edits of one file, and what people should know about them."""

    document: Document
    edits: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()


Step = Callable[[Subject], Iterator[Planned]]


def note(document: Document, at: KeyPath, text: str) -> str:
    """Return a note about a place in a file."""
    return f"{document.name}:{document.mark(at).line}: {text}"
