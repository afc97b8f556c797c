"""The list that leads back: who had which name, written before anything is changed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.users.mapping import Pair

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FORMAT = 1


def write(path: Path, *, cluster: str, hub: str, made: str, pairs: Sequence[Pair]) -> None:
    """Write the list, for its owner only, and have it on the disk.

    Raises:
        DeployerError: it cannot be written, or there is a file already.
    """
    content = {
        "format": _FORMAT,
        "cluster": cluster,
        "hub": hub,
        "made": made,
        "pairs": [{"old": pair.old, "new": pair.new} for pair in pairs],
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DeployerError(
            f"the list for `--undo` cannot be written: {path}: {error.strerror}",
            hint="name another file with `--write-undo`; nothing was changed",
        ) from error


def read(path: Path, *, cluster: str, hub: str) -> tuple[Pair, ...]:
    """Read the list of a hub.

    Raises:
        DeployerError: it cannot be read, is something else, or is another hub's.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        owner = (content["cluster"], content["hub"])
        pairs = tuple(Pair(old=str(pair["old"]), new=str(pair["new"])) for pair in content["pairs"])
        known = content["format"] == _FORMAT
    except OSError as error:
        raise DeployerError(f"the list cannot be read: {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise DeployerError(
            f"not a list for `--undo`: {path}", hint="take the file that `users map --apply` wrote"
        ) from error
    if not known:
        raise DeployerError(f"a newer deployer wrote this list: {path}", hint="upgrade deployer")
    if owner != (cluster, hub):
        raise DeployerError(f"this list is of another hub: {path}: {owner[0]} {owner[1]}")
    return pairs
