"""Where a node's addresses lie, and how a node finds room on a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.tools.node.layout import Node, free_number, has_room

NODE = Node(directory=Path("/state/local"), number=1)


def test_addresses_of_a_node_do_not_overlap() -> None:
    assert str(NODE.network) == "10.200.0.0/16"
    assert str(NODE.pods) == "10.200.0.0/24"
    assert str(NODE.address) == "10.200.0.1"
    assert str(NODE.services) == "10.200.128.0/20"
    assert (str(NODE.outer), str(NODE.inner)) == ("10.200.255.253", "10.200.255.254")
    assert NODE.server == "https://10.200.0.1:6443"


def test_the_mark_tells_nodes_apart_by_their_directory() -> None:
    other = Node(directory=Path("/elsewhere/local"), number=1)
    assert NODE.mark != other.mark
    assert NODE.mark == Node(directory=Path("/state/local"), number=7).mark


def test_the_first_node_gets_the_first_number() -> None:
    routes = frozenset({"192.168.1.0/24", "172.17.0.0/16"})
    assert free_number(Path("/state"), links=frozenset({"lo", "eth0"}), routes=routes) == 0


@pytest.mark.parametrize(
    ("links", "routes"),
    [
        pytest.param({"deployer0"}, set(), id="its link is taken"),
        pytest.param(set(), {"10.199.4.0/24"}, id="a part of its addresses is routed elsewhere"),
        pytest.param(set(), {"10.199.255.7"}, id="one of its addresses is the machine's own"),
    ],
)
def test_a_number_in_use_is_passed_over(links: set[str], routes: set[str]) -> None:
    assert free_number(Path("/state"), links=frozenset(links), routes=frozenset(routes)) == 1


def test_there_is_no_room_where_a_private_network_takes_it_all() -> None:
    assert free_number(Path("/state"), links=frozenset(), routes=frozenset({"10.0.0.0/8"})) is None
    assert not has_room(NODE, links=frozenset(), routes=frozenset({"10.0.0.0/8"}))
