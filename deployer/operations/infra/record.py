"""infra-log.yaml: what was let go of a cluster's infrastructure, by whom and when.

It is beside cluster.yaml and is committed, as outputs.yaml is: who looks for lost homes a year later finds it
in the fleet, and not on the machine of somebody who has left. It is only ever appended to.
"""

from __future__ import annotations

import getpass
import socket
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

import yaml

from deployer.errors import DeployerError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.changes import Change
    from deployer.session import Session

NAME = "infra-log.yaml"
_HEAD = "# What `deployer infra` was allowed to take away of this cluster. Commit it.\n"


@contextmanager
def recorded(
    session: Session,
    cluster: Cluster,
    command: str,
    losing: Iterable[Change],
    kept: Iterable[Mapping[str, str]] = (),
) -> Iterator[None]:
    """Write down what the block is about to take away, then how it ended.

    An entry without an outcome is of a run that was killed.

    Raises:
        DeployerError: it can't be written. Nothing was done.
    """
    path = cluster.directory / NAME
    entry = {
        "at": session.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": _who(),
        "command": command,
        "lost": [_lost(change) for change in losing],
        "kept": [dict(each) for each in kept],
    }
    text = yaml.safe_dump([{key: value for key, value in entry.items() if value}], sort_keys=False)
    _append(path, text if path.exists() else _HEAD + text)
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except Interrupted:
        outcome = "interrupted"
        raise
    finally:
        _append(path, f"  outcome: {outcome}\n")
    session.progress.noted(cluster.name, f"wrote {path}: commit it")


def _lost(change: Change) -> dict[str, Any]:
    told = change.plain()
    return {key: told[key] for key in ("address", "action", "cause", "protected", "lost") if key in told}


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a+b") as file:
            file.seek(0)
            before = file.read()
            # An editor may have left the last line without its end.
            file.write(b"\n" * (before[-1:] not in (b"", b"\n")) + text.encode())
    except OSError as error:
        raise DeployerError(
            f"{path} can't be written: {error.strerror}",
            hint="it says what was let go, by whom and when: mend its permissions",
        ) from error


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without an account, as in containers
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
