"""The scalars of a document, looked for in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.fleet.positions import KeyPath

_NESTED = (dict, list)

Link = tuple[Any, str | int] | None
"""The way from a value up to the root, shared by all that lies below: few values are wanted in the end."""


def leaves(data: Any, wanted: Callable[[Any], bool]) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and value of each scalar that is wanted; what aliases repeat is looked at once."""
    seen = set()
    waiting: list[tuple[Any, Link]] = [(data, None)]
    while waiting:
        node, link = waiting.pop()
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(value, _NESTED):
                if id(value) not in seen:
                    seen.add(id(value))
                    waiting.append((value, (link, key)))
            elif wanted(value):
                yield _path((link, key)), value


def _path(link: Link) -> KeyPath:
    keys = []
    while link is not None:
        link, key = link
        keys.append(key)
    return tuple(reversed(keys))
