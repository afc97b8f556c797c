"""Key paths as people type and read them: `jupyterhub.hub.extraFiles."a.b".mode`, `ingress.hosts[0]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath

_STEP = re.compile(
    r"""(?P<dot>\.)?
    (?: "(?P<double>[^"]*)"
      | '(?P<single>[^']*)'
      | \[(?P<index>\d+)\]
      | (?P<bare>(?:\\.|[^.\[\]"'\\])+)
    )""",
    re.VERBOSE,
)
_BARE = re.compile(r"""[^.\[\]"'\\\s]+""")


def parse(text: str) -> KeyPath:
    """Return the path that a text stands for.

    Keys are separated by dots. One that has dots itself is put in quotes, or has a backslash before each. An
    item of a list is `[0]`.

    Raises:
        DeployerError: it is no path.
    """
    at: list[str | int] = []
    position = 1 if text.startswith(".") else 0
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None or bool(found["dot"]) == (not at or found["index"] is not None):
            raise DeployerError(
                f"no key path: {text}",
                hint='write `a.b`, `a."key.with.dots".b` (in single quotes for the shell), or `a.list[0]`',
            )
        at.append(_step(found))
        position = found.end()
    return tuple(at)


def shown(at: KeyPath) -> str:
    """Return a path as `parse` reads it."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_quoted(part)}" for part in at)
    return "".join(parts).removeprefix(".")


def _step(found: re.Match[str]) -> str | int:
    if found["index"] is not None:
        return int(found["index"])
    if found["bare"] is not None:
        return re.sub(r"\\(.)", r"\1", found["bare"])
    return found["double"] if found["double"] is not None else found["single"]


def _quoted(key: str) -> str:
    if _BARE.fullmatch(key):
        return key
    return f"'{key}'" if '"' in key else f'"{key}"'
