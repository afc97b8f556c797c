"""Which hub something in a cluster.yaml is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath


def in_hub(data: Any, at: KeyPath) -> tuple[str, KeyPath]:
    """Return how a message about `at` begins, and the path within what that names: a hub, or the file."""
    if at[:1] != ("hubs",) or len(at) < 2 or not isinstance(at[1], int):
        return "", at
    hub = data["hubs"][at[1]]
    name = hub.get("name") if isinstance(hub, dict) else None
    return f"hub `{name}`: " if isinstance(name, str) else f"hub {at[1] + 1}: ", at[2:]


def entry_at(document: Document, line: int, column: int) -> KeyPath:
    """Return the path of what a place is in; line and column count from 1.

    That is a key of the file, or a key in the entry of a hub: `("hubs", 0, "auth")`. It is () before all.
    """
    found: KeyPath = ()
    latest = (0, 0)
    for at in _places(document.data):
        mark = document.marks[at]
        if latest <= (mark.line, mark.column) <= (line, column):
            latest, found = (mark.line, mark.column), at
    return found


def _places(data: Any) -> Iterator[KeyPath]:
    yield from ((key,) for key in data)
    hubs = data.get("hubs")
    for index, entry in enumerate(hubs if isinstance(hubs, list) else ()):
        yield ("hubs", index)
        yield from (("hubs", index, key) for key in (entry if isinstance(entry, dict) else ()))
