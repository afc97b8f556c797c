"""A way to a port inside a cluster: `kubectl port-forward`, on a loopback port that kubectl picks.

kubectl rather than the Kubernetes client's own port-forward: that one patches Python's socket module or hands
out a bare socket for each connection, while here any client library can connect as often as it likes.
"""

from __future__ import annotations

import queue
import re
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.private_directory import private_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.tools.process import Programs

_TIMEOUT = 20
_PATIENCE = 10
"""Seconds in which kubectl ends when it is told to."""
_PAUSE = 0.5
"""Seconds before kubectl is started again."""
_FAILURES = 5
"""How often in a row kubectl may fail to open the way again: then something else is wrong."""
_LISTENING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ")
_SHOWN_LINES = 5


class ForwardFailed(DeployerError):
    """kubectl could not open the way, or did not in time."""


def portforward_argv(namespace: str, target: str, port: int, *, local: int | None = None) -> list[str]:
    """Return the argument list; `target` is such as `service/proxy-public`, `port` one of its ports.

    Without `local`, the port on this machine, kubectl picks one.
    """
    return [
        "kubectl",
        "port-forward",
        f"--namespace={namespace}",
        "--address=127.0.0.1",
        "--pod-running-timeout=10s",
        target,
        f"{local or ''}:{port}",
    ]


@contextmanager
def forwarded(
    programs: Programs, *, env: Mapping[str, str], namespace: str, target: str, port: int
) -> Iterator[int]:
    """Yield the loopback port that leads to a port of a service or pod while the block runs.

    Should kubectl end meanwhile, the way is open again after a moment; what was under way is lost.

    Raises:
        ForwardFailed: kubectl could not open the way.
    """
    with private_directory() as directory:
        way = _Way(
            programs=programs,
            env=env,
            namespace=namespace,
            target=target,
            port=port,
            stderr=directory / "stderr",
        )
        keeper = threading.Thread(target=way.keep_open, daemon=True)
        keeper.start()
        try:
            yield way.local_port()
        finally:
            way.close()
            keeper.join(timeout=_PATIENCE)


@dataclass(kw_only=True)
class _Way:
    """kubectl, started again whenever it ends.

    It ends when a server resets one of the connections through it, whatever the others do
    (kubernetes/kubernetes#74551).
    """

    programs: Programs
    env: Mapping[str, str]
    namespace: str
    target: str
    port: int
    stderr: Path
    _opened: queue.SimpleQueue[int | BaseException] = field(default_factory=queue.SimpleQueue)
    _closed: threading.Event = field(default_factory=threading.Event)
    _process: subprocess.Popen[str] | None = None
    _local: int | None = None

    def keep_open(self) -> None:
        """Run kubectl until the way is closed. The first time, say the port or why there is none."""
        failures = 0
        try:
            while not self._closed.is_set() and failures < _FAILURES:
                failures = 0 if self._run() else failures + 1
                self._closed.wait(_PAUSE)
        except BaseException as error:  # noqa: BLE001 - who waits for the way would wait for nothing
            self._opened.put(error)

    def local_port(self) -> int:
        """Return the port on this machine, once the way is open.

        Raises:
            ForwardFailed: it could not be opened.
        """
        try:
            opened = self._opened.get(timeout=_TIMEOUT)
        except queue.Empty:
            raise ForwardFailed(
                f"`kubectl port-forward {self.target}` was not ready within {_TIMEOUT} s"
            ) from None
        if isinstance(opened, BaseException):
            raise opened
        return opened

    def close(self) -> None:
        """Let kubectl end, and no other follow."""
        self._closed.set()
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_PATIENCE)
            self._process.kill()

    def _run(self) -> bool:
        """Run kubectl to its end, and say whether the way was open.

        Raises:
            ForwardFailed: it has never been open yet.
        """
        is_open = False
        argv = portforward_argv(self.namespace, self.target, self.port, local=self._local)
        with self.programs.background(argv, env=self.env, stderr=self.stderr) as process:
            self._process = process
            if self._closed.is_set():
                process.terminate()
            assert process.stdout is not None  # noqa: S101 background() always gives a pipe
            # kubectl writes a line for each connection: unread, they would fill the pipe and halt it.
            for line in process.stdout:
                match = _LISTENING.match(line)
                if match:
                    is_open = True
                if match and self._local is None:
                    self._local = int(match[1])
                    self._opened.put(self._local)
        if self._local is None:
            said = self.stderr.read_text(errors="replace").strip().splitlines()[-_SHOWN_LINES:]
            raise ForwardFailed("\n".join([f"`kubectl port-forward {self.target}` failed", *said]))
        return is_open
