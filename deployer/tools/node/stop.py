"""Ends a node and removes what it left, from whatever state it is in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.node import cgroups, network
from deployer.tools.node.namespaces import end

if TYPE_CHECKING:
    from deployer.tools.node.layout import Node
    from deployer.tools.process import Runner

_PATIENCE = 30


def stop(node: Node, runner: Runner) -> None:
    """End all processes of the node; its files stay.

    Mounts, bridges, iptables rules and network namespaces were made inside of the node's namespaces and end
    with them; the host's side of the network link and the cgroups are removed.
    """
    if not end(node, patience=_PATIENCE):
        raise DeployerError(
            f"the local cluster's processes did not end within {_PATIENCE} s",
            hint="one of them may hang in the kernel: `ps -eo pid,stat,cmd` shows it in state D",
        )
    network.disconnect(node, runner)
    if left := cgroups.remove(node):
        raise DeployerError(f"cgroup cannot be removed: {left[0]}", hint="run `deployer local down` again")


def remove(directory: Path, *, keep: frozenset[str] = frozenset()) -> None:
    """Delete a node's files, but never what somebody mounted among them."""
    if not directory.exists():
        return
    mounted = mounts_below(directory, Path("/proc/self/mountinfo").read_text(encoding="utf-8"))
    if mounted:
        raise DeployerError(f"something is mounted at {mounted[0]}", hint=f"run `umount {mounted[0]}`")
    try:
        for entry in directory.iterdir():
            if entry.name not in keep:
                _delete(entry)
        if not keep:
            directory.rmdir()
    except OSError as error:
        raise DeployerError(f"cannot be deleted: {error}", hint="run `deployer local down` again") from error


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def mounts_below(directory: Path, mountinfo: str) -> tuple[Path, ...]:
    """Return what is mounted at or below a directory, from the content of /proc/self/mountinfo."""
    points = (Path(_unescaped(line.split()[4])) for line in mountinfo.splitlines())
    return tuple(point for point in points if point.is_relative_to(directory))


def _unescaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("unicode_escape")
