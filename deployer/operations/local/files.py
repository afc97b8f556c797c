"""What is remembered of the local cluster, in the directory `local` of the state directory.

`settings.yaml` is there from the moment something is made, `outputs.yaml` once the cluster works.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import yaml

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.session import Session


def directory(session: Session) -> Path:
    """Return the directory of the local cluster."""
    return session.state.absolute() / "local"


def read(path: Path) -> dict[str, Any]:
    """Return what a file remembers; nothing when there is no such file, or none that can be read."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file at once, readable by its owner only."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
    unfinished.replace(path)


@contextmanager
def alone(session: Session) -> Iterator[None]:
    """Let only one run at a time make or remove the local cluster."""
    session.state.mkdir(parents=True, exist_ok=True)
    handle = os.open(session.state, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise DeployerError(
            "another `deployer local` is making or removing the cluster", hint="try again when it has ended"
        ) from None
    finally:
        os.close(handle)
