"""Writing files all together: whatever goes wrong, each is as it was."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
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
    neither room on the disk nor anything but a rename.

    Raises:
        DeployerError: a file has changed meanwhile, or cannot be written. All are as they were.
    """
    changes = tuple(changes)
    with ExitStack() as tidy, ExitStack() as undo:
        try:
            ready = [_beside(change, tidy) for change in changes]
            for change, (new, old) in zip(changes, ready, strict=True):
                undo.callback(old.replace, change.path)
                new.replace(change.path)
        except OSError as error:
            place = error.filename or "a file"
            raise DeployerError(
                f"nothing is changed: {place} cannot be written: {error.strerror}",
                hint="make the directories writable, and room on the disk",
            ) from error
        undo.pop_all()


def _beside(change: Change, tidy: ExitStack) -> tuple[Path, Path]:
    """Write the new and the old content beside a file; both go in the end, where they are still there."""
    if change.path.read_bytes() != change.before:
        raise DeployerError(
            f"nothing is changed: {change.name} has become another meanwhile", hint="run the command again"
        )
    return _written(change.path, change.after, tidy), _written(change.path, change.before, tidy)


def _written(path: Path, content: bytes, tidy: ExitStack) -> Path:
    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    place = Path(name)
    tidy.callback(place.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    shutil.copymode(path, place)
    return place
