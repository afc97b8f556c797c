"""Private directories, for credentials above all: gone with the work, or at the next if it was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "deployer-"
_IN_USE = ".in-use"
_OLD = 60.0
"""Seconds after which a directory surely has its lock, so that one without was abandoned."""


@contextmanager
def private_directory() -> Iterator[Path]:
    """Yield a directory that only this user can look into; it goes when the block ends.

    What a process that was killed left of this kind is removed first.
    """
    remove_abandoned(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name, (Path(name) / _IN_USE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def remove_abandoned(place: Path) -> None:
    """Remove this user's private directories in a place, but those that a living process holds."""
    for lock in place.glob(f"{_PREFIX}*/{_IN_USE}"):
        # Somebody else's, or gone meanwhile, or in use: none of our business.
        with suppress(OSError):
            if _is_old_and_ours(lock.parent):
                with lock.open() as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(lock.parent)


def _is_old_and_ours(directory: Path) -> bool:
    found = directory.lstat()
    return found.st_uid == os.getuid() and time.time() - found.st_mtime > _OLD
