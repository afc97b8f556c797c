"""Files as others name them: relative to the repository that a fleet lies in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Places:
    """Translates paths relative to a fleet. `prefix` is the fleet's own place in its repository."""

    prefix: PurePosixPath

    @classmethod
    def of(cls, root: Path) -> Places:
        """Return the places of a fleet's files; outside a git repository its directory counts as one."""
        resolved = root.resolve()
        above = (each for each in (resolved, *resolved.parents) if (each / ".git").exists())
        repository = next(above, resolved)
        return cls(prefix=PurePosixPath(resolved.relative_to(repository).as_posix()))

    def path(self, name: str) -> str:
        """Return a file's path in the repository; what is outside the fleet keeps its absolute one."""
        return (self.prefix / name).as_posix()

    def uri(self, name: str) -> str:
        """Return a file's path in the repository as a URI reference, or a `file:` URI for an absolute one."""
        path = self.path(name)
        if path.startswith("/"):
            return Path(path).as_uri()
        return quote(os.fsencode(path), safe="/") or "."
