"""The namespaces that a node lives in, and the processes in them.

No process is remembered by its number: what belongs to a node is found in /proc by what it is, so that
nothing a reboot or a crash left behind can point to somebody else's process.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.tools.node.layout import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.tools.node.layout import Node

_SCRIPT = Path(__file__).with_name("anchor.sh")
_PROC = Path("/proc")
_LISTENING = "0A"


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process of the node, by its number on the host."""

    pid: int
    argv: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the process was started as."""
        return Path(self.argv[0]).name if self.argv else ""


def anchor_argv(node: Node, tools: Path) -> tuple[str, ...]:
    """Return the command that makes the namespaces and keeps them."""
    return (
        *("unshare", "--mount", "--propagation", "private", "--net", "--uts"),
        *("--pid", "--fork", "--kill-child", "--mount-proc"),
        *("sh", str(_SCRIPT), str(node.directory), str(tools)),
    )


def inside_argv(anchor: Process, argv: Sequence[str]) -> tuple[str, ...]:
    """Return the command that runs `argv` inside, as long as it runs itself."""
    return ("nsenter", f"--target={anchor.pid}", "--mount", "--net", "--uts", "--pid", *argv)


def daemon_argv(anchor: Process, argv: Sequence[str]) -> tuple[str, ...]:
    """Return the command that starts `argv` inside and leaves it to the anchor."""
    return inside_argv(anchor, ("setsid", "--fork", *argv))


def inside_environment() -> Mapping[str, str]:
    """Return what components need to know: where programs are, and that nothing here is behind a proxy."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "NO_PROXY": "*", "no_proxy": "*"}


def find_anchor(node: Node, *, proc: Path = _PROC) -> Process | None:
    """Return the first process of the node's namespaces, ready or not, or None when the node is down."""
    for process in _processes(proc):
        if _is_anchor(process.argv, node) and _is_first_of_namespace(proc / str(process.pid)):
            return process
    return None


def is_ready(anchor: Process) -> bool:
    """Tell whether the anchor has arranged its namespaces."""
    return anchor.argv[0] == str(TOOLS / "pause")


def is_alive(pid: int, *, proc: Path = _PROC) -> bool:
    """Tell whether a process that we started still runs; one that ended is left there until we end."""
    try:
        status = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def processes(anchor: Process, *, proc: Path = _PROC) -> list[Process]:
    """Return the processes in the anchor's process namespace."""
    namespace = _namespace(proc / str(anchor.pid))
    if namespace is None:
        return []
    return [process for process in _processes(proc) if _namespace(proc / str(process.pid)) == namespace]


def listening_ports(anchor: Process, *, proc: Path = _PROC) -> frozenset[int]:
    """Return the TCP ports that are listened on in the anchor's network namespace."""
    ports: set[int] = set()
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            ports |= _listening((proc / str(anchor.pid) / "net" / table).read_text(encoding="ascii"))
    return frozenset(ports)


def end(node: Node, *, patience: float) -> bool:
    """Kill the anchor, and with it everything in its namespaces; tell whether all of it is gone."""
    anchor = find_anchor(node)
    if anchor is None:
        return True
    try:
        handle = os.pidfd_open(anchor.pid)
    except ProcessLookupError:
        return True
    try:
        # The number may have gone to another process since it was found; the handle cannot.
        found = find_anchor(node)
        if found is None or found.pid != anchor.pid:
            return found is None
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(patience * 1000))
    finally:
        os.close(handle)


def _is_anchor(argv: tuple[str, ...], node: Node) -> bool:
    directory = str(node.directory)
    return argv == (str(TOOLS / "pause"), directory) or argv[:3] == ("sh", str(_SCRIPT), directory)


def _is_first_of_namespace(process: Path) -> bool:
    with suppress(OSError):
        for line in (process / "status").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("NSpid:"):
                return line.split()[2:] == ["1"]
    return False


def _processes(proc: Path) -> Iterator[Process]:
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended while we looked
                argv = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")[:-1]
                yield Process(pid=int(entry.name), argv=tuple(argv))


def _namespace(process: Path) -> str | None:
    try:
        return str((process / "ns" / "pid").readlink())
    except OSError:
        return None


def _listening(table: str) -> set[int]:
    """Return the listening ports of a table such as /proc/net/tcp."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == _LISTENING}
