"""The cache of charts: entries appear whole or not at all, whoever else is at work and whatever fails."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.session import Session


def charts_cache(session: Session) -> Path:
    """Return the directory of the session's cache that holds charts."""
    return session.cache / "charts"


class CacheUnusable(DeployerError):
    """The cache cannot be read or written: no fault of a chart, and the same for all of them."""

    def __init__(self, what: str, error: OSError, place: Path) -> None:
        super().__init__(
            f"can't {what} the cache: {error.strerror or error}: {place}",
            hint="make room there, or name another directory in `DEPLOYER_CACHE`",
        )


@contextmanager
def reading(session: Session) -> Iterator[None]:
    """Look for something in the cache of charts.

    Raises:
        CacheUnusable: it can't be looked into (no permission).
    """
    try:
        yield
    except OSError as error:
        raise CacheUnusable("read", error, charts_cache(session)) from error


@contextmanager
def new_entry(final: Path) -> Iterator[Path]:
    """Give a path that becomes `final` in one step when the block ends well, and leaves nothing when not.

    When another process was faster, its entry stays: entries are named for their content.

    Raises:
        CacheUnusable: the cache can't be written to (no space left, no permission).
        DeployerError: what was to become the entry can't be read.
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=final.parent, prefix=".new-", ignore_cleanup_errors=True) as directory:
            fresh = Path(directory) / final.name
            yield fresh
            _move(fresh, final)
    except OSError as error:
        where = Path(error.filename) if isinstance(error.filename, str) else final
        if not (where.is_relative_to(final.parent) or final.is_relative_to(where)):
            raise DeployerError(f"can't read: {where}: {error.strerror}") from error
        # Not the path in the error: it has a random part, and the trouble is the same at every entry.
        raise CacheUnusable("write to", error, final.parent) from error


def _move(fresh: Path, final: Path) -> None:
    try:
        fresh.rename(final)
    except OSError as error:
        if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
            raise
