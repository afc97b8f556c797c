"""Which hub something in a cluster.yaml is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    """Return the path of the hub whose entry a place is in, () of a place that is in none; both from 1."""
    hubs = document.data.get("hubs")
    indexes = range(len(hubs)) if isinstance(hubs, list) else ()
    places: list[KeyPath] = [*((key,) for key in document.data), *(("hubs", index) for index in indexes)]
    found: KeyPath = ()
    latest = (0, 0)
    for at in places:
        mark = document.marks[at]
        if latest < (mark.line, mark.column) <= (line, column):
            latest, found = (mark.line, mark.column), at
    return found if len(found) > 1 else ()
