"""How a node's processes are told from everybody else's, on a made-up /proc."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.tools.node.layout import Node
from deployer.tools.node.namespaces import (
    Process,
    anchor_argv,
    daemon_argv,
    find_anchor,
    inside_argv,
    is_alive,
    is_ready,
    listening_ports,
    processes,
)

NODE = Node(directory=Path("/state/local"), number=0)
READY = ("/run/deployer-tools/pause", "/state/local")
OURS, HOST = "pid:[4026532001]", "pid:[4026531836]"


def add_process(
    proc: Path, pid: int, argv: tuple[str, ...], *, inner: str = "", namespace: str = HOST
) -> None:
    """Put a process into a made-up /proc. `inner` are its numbers in the namespaces below the host's."""
    entry = proc / str(pid)
    (entry / "ns").mkdir(parents=True)
    (entry / "cmdline").write_bytes(b"".join(part.encode() + b"\0" for part in argv))
    (entry / "status").write_text(f"Name:\tx\nNSpid:\t{pid} {inner}\nThreads:\t1\n")
    (entry / "ns" / "pid").symlink_to(namespace)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc with things that are not processes, and with processes that are not ours."""
    proc = tmp_path / "proc"
    (proc / "sys").mkdir(parents=True)
    (proc / "uptime").touch()
    add_process(proc, 1, ("/sbin/init",))
    add_process(proc, 2, ())
    add_process(proc, 30, ("tail", "-f", "/state/local/logs/kubelet.log"))
    return proc


def test_the_anchor_is_the_first_process_of_its_namespace(proc: Path) -> None:
    add_process(proc, 40, READY, inner="1", namespace=OURS)
    anchor = find_anchor(NODE, proc=proc)
    assert anchor == Process(pid=40, argv=READY)
    assert is_ready(anchor)


def test_an_anchor_that_still_arranges_its_mounts_is_found_but_not_ready(proc: Path) -> None:
    (script,) = (part for part in anchor_argv(NODE, Path("/tools")) if part.endswith("anchor.sh"))
    add_process(proc, 40, ("sh", script, "/state/local", "/tools"), inner="1", namespace=OURS)
    anchor = find_anchor(NODE, proc=proc)
    assert anchor is not None
    assert not is_ready(anchor)


@pytest.mark.parametrize(
    ("argv", "inner"),
    [
        pytest.param(READY, "", id="looks like it, but lives on the host"),
        pytest.param(READY, "17", id="is not the first of its namespace"),
        pytest.param(READY, "20 1", id="is the first of a container's namespace"),
        pytest.param(("/run/deployer-tools/pause", "/other/local"), "1", id="is another node's"),
        pytest.param(("/pause",), "1", id="is a pod's"),
    ],
)
def test_whatever_else_there_is_is_no_anchor(proc: Path, argv: tuple[str, ...], inner: str) -> None:
    add_process(proc, 40, argv, inner=inner)
    assert find_anchor(NODE, proc=proc) is None


def test_processes_are_those_of_the_anchor_s_namespace(proc: Path) -> None:
    add_process(proc, 40, READY, inner="1", namespace=OURS)
    add_process(proc, 41, ("/run/deployer/bin/kubelet", "--config=x"), inner="5", namespace=OURS)
    add_process(proc, 42, ("kubelet",), inner="9 1", namespace="pid:[4026532002]")
    anchor = Process(pid=40, argv=READY)
    assert {process.name for process in processes(anchor, proc=proc)} == {"pause", "kubelet"}
    assert {process.pid for process in processes(anchor, proc=proc)} == {40, 41}


def test_an_anchor_that_has_ended_has_no_processes(proc: Path) -> None:
    assert processes(Process(pid=99, argv=READY), proc=proc) == []
    assert listening_ports(Process(pid=99, argv=READY), proc=proc) == frozenset()


def test_only_ports_that_are_listened_on_count(proc: Path) -> None:
    add_process(proc, 40, READY, inner="1", namespace=OURS)
    header = "  sl  local_address rem_address   st tx_queue rx_queue\n"
    (proc / "40" / "net").mkdir()
    (proc / "40" / "net" / "tcp").write_text(
        header
        + "   0: 0100007F:094B 00000000:0000 0A 00000000:00000000\n"
        + "   1: 0100C70A:192B 0200C70A:D2F0 01 00000000:00000000\n"
    )
    (proc / "40" / "net" / "tcp6").write_text(
        header + "   0: 00000000000000000000000000000000:280A 0000:0000 0A 00000000:00000000\n"
    )
    assert listening_ports(Process(pid=40, argv=READY), proc=proc) == {2379, 10250}


def test_everything_inside_ends_with_the_anchor() -> None:
    argv = anchor_argv(NODE, Path("/tools"))
    assert argv[: argv.index("sh")] == (
        *("unshare", "--mount", "--propagation", "private", "--net", "--uts"),
        *("--pid", "--fork", "--kill-child", "--mount-proc"),
    )
    assert argv[-2:] == ("/state/local", "/tools")


def test_commands_run_inside_and_daemons_are_left_to_the_anchor() -> None:
    anchor = Process(pid=40, argv=READY)
    enter = ("nsenter", "--target=40", "--mount", "--net", "--uts", "--pid")
    assert inside_argv(anchor, ("ip", "link")) == (*enter, "ip", "link")
    assert daemon_argv(anchor, ("etcd", "-x")) == (*enter, "setsid", "--fork", "etcd", "-x")


@pytest.mark.parametrize(
    ("state", "alive"), [("S", True), ("R", True), ("D", True), ("Z", False), ("X", False)]
)
def test_a_program_that_ended_and_is_still_listed_is_not_alive(
    tmp_path: Path, state: str, alive: bool
) -> None:
    (tmp_path / "40").mkdir()
    (tmp_path / "40/stat").write_text(f"40 (a name (with) Z) {state} 1 40 40 0\n")
    assert is_alive(40, proc=tmp_path) is alive
    assert not is_alive(41, proc=tmp_path)
