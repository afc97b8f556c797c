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


@contextmanager
def new_entry(final: Path) -> Iterator[Path]:
    """Give a path that becomes `final` in one step when the block ends well, and leaves nothing when not.

    When another process was faster, its entry stays: entries are named for their content.

    Raises:
        DeployerError: the cache can't be written to (no space left, no permission).
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=final.parent, prefix=".new-", ignore_cleanup_errors=True) as directory:
            fresh = Path(directory) / final.name
            yield fresh
            _move(fresh, final)
    except OSError as error:
        raise DeployerError(
            f"can't write to the cache: {error.strerror or error}: {error.filename or final.parent}",
            hint="make room there, or name another directory in `DEPLOYER_CACHE`",
        ) from error


def _move(fresh: Path, final: Path) -> None:
    try:
        fresh.rename(final)
    except OSError as error:
        if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
            raise
