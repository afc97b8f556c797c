"""What is said of a component that does not start, and what a start waits for before it can be stopped."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import Interrupted
from deployer.interruption import Interruption
from deployer.tools.node import start as starting
from deployer.tools.node.layout import Node
from deployer.tools.node.namespaces import Process
from deployer.tools.node.start import ComponentFailed, Start

if TYPE_CHECKING:
    from pathlib import Path


def test_a_component_that_failed_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    node = Node(directory=tmp_path, number=0)
    node.logs.mkdir()
    node.log("etcd").write_text("".join(f"line {number}\n" for number in range(40)))
    error = ComponentFailed(node, "etcd", "ended while it was starting")
    assert error.message.splitlines() == [
        "`etcd` ended while it was starting",
        *(f"line {number}" for number in range(28, 40)),
    ]
    assert error.hint == f"the whole log is in {tmp_path}/logs/etcd.log"


def test_a_component_without_a_log_is_named_all_the_same(tmp_path: Path) -> None:
    error = ComponentFailed(Node(directory=tmp_path, number=0), "anchor", "ended")
    assert error.message == "`anchor` ended"


class Daemons:
    """Starts nothing, and says it was this process; the user asks to stop meanwhile."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption

    def daemon(self, _argv: object, **_options: object) -> int:
        self._interruption.request()
        return os.getpid()


def test_who_asks_to_stop_waits_until_the_anchor_can_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would find it to take it away, and it stayed."""
    node = Node(directory=tmp_path, number=0)
    shown = [None, None, None, Process(pid=40, argv=("sh",))]
    looked: list[Process | None] = []

    def find(_node: Node) -> Process | None:
        looked.append(shown[min(len(looked), 3)])
        return looked[-1]

    monkeypatch.setattr(starting, "find_anchor", find)
    monkeypatch.setattr(starting, "stop", lambda *_: None)
    monkeypatch.setattr("deployer.tools.node.start.cgroups.make", lambda _node: None)
    interruption = Interruption()
    programs: Any = Daemons(interruption)
    nothing: Any = None
    begun = Start(node=node, tools=tmp_path, programs=programs, progress=nothing, interruption=interruption)
    with pytest.raises(Interrupted):
        begun._anchored()
    assert looked[-1] is not None
