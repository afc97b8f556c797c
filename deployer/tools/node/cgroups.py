"""The tree of cgroups that a node's pods are in, on either version of cgroups."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.tools.node.layout import Node

_MOUNTS = Path("/proc/self/mountinfo")


def hierarchies(mountinfo: str) -> tuple[Path, ...]:
    """Return where the cgroup hierarchies are mounted, from the content of /proc/self/mountinfo."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        if after.split(" ", 1)[0] in {"cgroup", "cgroup2"}:
            found.append(Path(before.split()[4]))
    return tuple(found)


def make(node: Node, *, mountinfo: Path = _MOUNTS) -> None:
    """Make the top of the tree in each hierarchy; the kubelet wants it there."""
    for hierarchy in hierarchies(mountinfo.read_text(encoding="utf-8")):
        top = hierarchy / node.mark
        top.mkdir(exist_ok=True)
        # A new cpuset of version 1 is empty, and no process can enter it.
        for setting in ("cpuset.cpus", "cpuset.mems"):
            source, target = hierarchy / setting, top / setting
            if source.exists() and target.exists() and not target.read_text(encoding="ascii").strip():
                target.write_text(source.read_text(encoding="ascii"), encoding="ascii")


def remove(node: Node, *, mountinfo: Path = _MOUNTS, patience: float = 5) -> tuple[Path, ...]:
    """Remove the tree from each hierarchy and return what could not be removed.

    A cgroup whose last process has just ended is busy for a moment, hence the patience.
    """
    tops = [hierarchy / node.mark for hierarchy in hierarchies(mountinfo.read_text(encoding="utf-8"))]
    deadline = time.monotonic() + patience
    while (left := tuple(top for top in tops if not _removed(top))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _removed(top: Path) -> bool:
    if not top.exists():
        return True
    # Only directories count: a cgroup's files go with it.
    below = sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True)
    for cgroup in (*below, top):
        with suppress(OSError):
            cgroup.rmdir()
    return not top.exists()
