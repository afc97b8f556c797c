"""What was found before: small entries in the cache directory, named for all that they depend on.

Any number of runs may use the directory at once: an entry appears whole or not at all. One that is damaged,
or cannot be read or written, counts as not there. What an entry says is never newer or older than its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 256 * 1024**2
_KEPT = 0.75
_QUICK = 1
"""How hard zlib tries. It also tells when as much as a bit of an entry has changed."""


def key_of(*parts: Any) -> str:
    """Return the name of what depends on these parts: plain data, texts or other keys."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Cache:
    """A directory of entries, which may become `most_bytes` large before those go that lay idle longest."""

    directory: Path
    most_bytes: int = _MOST_BYTES

    def get(self, key: str) -> Any:
        """Return what was put there, or None."""
        path = self._path(key)
        try:
            entry = json.loads(zlib.decompress(path.read_bytes()))
        except (OSError, zlib.error, ValueError, RecursionError):
            return None
        if not isinstance(entry, dict) or entry.get("key") != key:
            return None
        with suppress(OSError):
            os.utime(path)
        return entry.get("found")

    def put(self, key: str, found: Any) -> None:
        """Put plain data there."""
        text = json.dumps({"key": key, "found": found}, separators=(",", ":"))
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, zlib.compress(text.encode(), _QUICK))

    def remove(self, key: str) -> None:
        """Take away what was put there."""
        with suppress(OSError):
            self._path(key).unlink()

    def trim(self) -> None:
        """Remove what lay idle longest, when there is too much."""
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime_ns, reverse=True)
        total = sum(stat.st_size for _, stat in entries)
        if total <= self.most_bytes:
            return
        while entries and total > self.most_bytes * _KEPT:
            path, stat = entries.pop()
            total -= stat.st_size
            with suppress(OSError):
                path.unlink()

    def _path(self, key: str) -> Path:
        return self.directory / key[:2] / key[2:]

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Yield the files of all entries, and those that a killed run has left."""
        for path in self.directory.glob("*/*"):
            with suppress(OSError):  # another run may have removed it
                yield path, path.stat()


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
