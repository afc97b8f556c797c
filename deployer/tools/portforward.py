"""A way to a port inside a cluster: `kubectl port-forward`, on a loopback port that kubectl picks.

kubectl rather than the Kubernetes client's own port-forward: that one patches Python's socket module or hands
out a bare socket for each connection, while here any client library can connect as often as it likes.
"""

from __future__ import annotations

import queue
import re
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.private_directory import private_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.tools.process import Programs

_TIMEOUT = 20
_LISTENING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ")
_SHOWN_LINES = 5


class ForwardFailed(DeployerError):
    """kubectl could not open the way, or did not in time."""


def portforward_argv(namespace: str, target: str, port: int) -> list[str]:
    """Return the argument list; `target` is such as `service/proxy-public`, `port` one of its ports."""
    return [
        "kubectl",
        "port-forward",
        f"--namespace={namespace}",
        "--address=127.0.0.1",
        "--pod-running-timeout=10s",
        target,
        f":{port}",
    ]


@contextmanager
def forwarded(
    programs: Programs, *, env: Mapping[str, str], namespace: str, target: str, port: int
) -> Iterator[int]:
    """Yield the loopback port that leads to a port of a service or pod while the block runs.

    Raises:
        ForwardFailed: kubectl could not open the way.
    """
    argv = portforward_argv(namespace, target, port)
    with private_directory() as directory:
        stderr = directory / "stderr"
        with programs.background(argv, env=env, stderr=stderr) as process:
            assert process.stdout is not None  # noqa: S101 background() always gives a pipe
            lines: queue.SimpleQueue[str] = queue.SimpleQueue()
            reader = threading.Thread(target=_drain, args=(process.stdout, lines), daemon=True)
            reader.start()
            try:
                yield _port(lines, stderr, target)
            finally:
                process.terminate()
                reader.join(timeout=10)


def _drain(stdout: IO[str], lines: queue.SimpleQueue[str]) -> None:
    # kubectl writes a line for each connection: unread, they would fill the pipe and halt it.
    for line in stdout:
        lines.put(line)
    lines.put("")


def _port(lines: queue.SimpleQueue[str], stderr: Path, target: str) -> int:
    try:
        while line := lines.get(timeout=_TIMEOUT):
            match = _LISTENING.match(line)
            if match:
                return int(match[1])
    except queue.Empty:
        raise ForwardFailed(f"`kubectl port-forward {target}` was not ready within {_TIMEOUT} s") from None
    said = stderr.read_text(errors="replace").strip().splitlines()[-_SHOWN_LINES:]
    raise ForwardFailed("\n".join([f"`kubectl port-forward {target}` failed", *said]))
