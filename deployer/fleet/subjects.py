"""Which hub a path in a cluster.yaml is about, for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath


def in_hub(data: Any, at: KeyPath) -> tuple[str, KeyPath]:
    """Return how a message about `at` begins, and the path within what that names: a hub, or the file."""
    if at[:1] != ("hubs",) or len(at) < 2 or not isinstance(at[1], int):
        return "", at
    hub = data["hubs"][at[1]]
    name = hub.get("name") if isinstance(hub, dict) else None
    return f"hub `{name}`: " if isinstance(name, str) else f"hub {at[1] + 1}: ", at[2:]
