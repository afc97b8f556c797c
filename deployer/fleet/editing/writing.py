"""Writing files all together: whatever goes wrong, each is as it was."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.editing.drafts import Change


def write(changes: Iterable[Change]) -> None:
    """Write all changes, or none.

    New and old content lie beside each file before the first one is replaced, so that going back takes
    neither room on the disk nor anything but a rename. New files come first, so that one that is killed
    has listed no file that is not there; no file that is there already is ever replaced by a new one.

    Raises:
        DeployerError: a file has changed meanwhile, or cannot be written. All are as they were.
    """
    changes = sorted(changes, key=lambda each: each.before is not None)
    with ExitStack() as tidy, ExitStack() as undo:
        try:
            ready = [_beside(change, tidy) for change in changes]
            for change, (new, old) in zip(changes, ready, strict=True):
                if old is None:
                    # Unlike a rename, a link never replaces what somebody else has made meanwhile.
                    change.path.hardlink_to(new)
                    undo.callback(change.path.unlink)
                else:
                    undo.callback(old.replace, change.path)
                    new.replace(change.path)
        except FileExistsError as error:
            raise _meanwhile(error.filename2 or error.filename) from error
        except OSError as error:
            place = error.filename or "a file"
            raise DeployerError(
                f"nothing is changed: {place} cannot be written: {error.strerror}",
                hint="make the directories writable, and room on the disk",
            ) from error
        undo.pop_all()


def _beside(change: Change, tidy: ExitStack) -> tuple[Path, Path | None]:
    """Write the new and the old content beside a file; both go in the end, where they are still there."""
    if change.before is None:
        _make_directory(change.path.parent, tidy)
        return _written(change.path, change.after, tidy, like=None), None
    if change.path.read_bytes() != change.before:
        raise _meanwhile(change.name)
    return (
        _written(change.path, change.after, tidy, like=change.path),
        _written(change.path, change.before, tidy, like=change.path),
    )


def _meanwhile(name: str) -> DeployerError:
    return DeployerError(
        f"nothing is changed: {name} has become another meanwhile", hint="run the command again"
    )


def _make_directory(directory: Path, tidy: ExitStack) -> None:
    """Make a directory and its parents, which go in the end when nothing was written into them."""
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        tidy.callback(_remove_empty, each)


def _remove_empty(directory: Path) -> None:
    with suppress(OSError):
        directory.rmdir()


def _written(path: Path, content: bytes, tidy: ExitStack, *, like: Path | None) -> Path:
    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    place = Path(name)
    tidy.callback(place.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    if like is None:
        place.chmod(0o666 & ~_umask())
    else:
        shutil.copymode(like, place)
    return place


def _umask() -> int:
    """Return what this process takes off the modes of new files; it is told only to who sets it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
