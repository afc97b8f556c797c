"""What is said of a component that does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.tools.node.layout import Node
from deployer.tools.node.start import ComponentFailed

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
