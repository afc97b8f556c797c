"""The link between host and node: made, recognised and removed by what it is marked with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployer.tools.node import network
from deployer.tools.node.layout import Node
from deployer.tools.node.namespaces import Process
from deployer.tools.process import ProgramFailed
from tests.tools.fake_runner import Call, FakeRunner

NODE = Node(directory=Path("/state/local"), number=0)
ANCHOR = Process(pid=40, argv=("/run/deployer-tools/pause", "/state/local"))
ENTER = ("nsenter", "--target=40", "--mount", "--net", "--uts", "--pid")
LINKS = ("ip", "-json", "link", "show")
ROUTES = ("ip", "-json", "-4", "route", "show", "table", "all")
LINK = ("ip", "link", "add", "deployer0", "type", "veth", "peer", "name", "host", "netns", "40")
OURS = {"ifname": "deployer0", "ifalias": NODE.mark}
ROUTE = {"dst": "10.199.0.0/16", "gateway": "10.199.255.254", "dev": "deployer0"}


def runner(*calls: Call) -> FakeRunner:
    fake = FakeRunner()
    fake.expected.extend(calls)
    return fake


def looking(links: list[dict[str, str]], routes: list[dict[str, str]]) -> FakeRunner:
    return runner(Call(argv=LINKS, stdout=json.dumps(links)), Call(argv=ROUTES, stdout=json.dumps(routes)))


def test_what_the_machine_uses_is_read_without_the_default_route() -> None:
    fake = looking([{"ifname": "lo"}, {"ifname": "eth0"}], [{"dst": "default"}, {"dst": "10.1.0.0/16"}])
    links, routes = network.links_and_routes(fake)
    assert links == {"lo", "eth0"}
    assert routes == {"10.1.0.0/16"}


def test_connecting_makes_the_link_the_bridge_the_guard_and_then_the_route() -> None:
    raw = ("iptables", "--wait", "--table", "raw", "--append", "PREROUTING")
    fake = runner(
        Call(argv=LINK),
        Call(argv=("ip", "-batch", "-")),
        Call(argv=(*ENTER, "ip", "-batch", "-")),
        Call(
            argv=(*ENTER, *raw, "--in-interface", "host", "!", "--source", "10.199.255.253", "--jump", "DROP")
        ),
        Call(argv=(*ENTER, "sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1")),
        Call(argv=("ip", "route", "replace", "10.199.0.0/16", "via", "10.199.255.254", "dev", "deployer0")),
    )
    network.connect(NODE, ANCHOR, fake)
    assert fake.all_used()


def test_a_link_that_somebody_took_meanwhile_is_told_from_other_failures() -> None:
    exists = runner(Call(argv=LINK, returncode=2, stderr="RTNETLINK answers: File exists"))
    with pytest.raises(network.LinkTaken, match="network link taken: deployer0"):
        network.connect(NODE, ANCHOR, exists)
    refused = runner(Call(argv=LINK, returncode=2, stderr="RTNETLINK answers: Operation not permitted"))
    with pytest.raises(ProgramFailed, match="Operation not permitted"):
        network.connect(NODE, ANCHOR, refused)


def test_the_host_gets_one_link_with_the_node_s_mark() -> None:
    assert network.host_commands(NODE).splitlines() == [
        "address add 10.199.255.253/30 dev deployer0",
        f"link set deployer0 alias {NODE.mark} up",
    ]


def test_the_node_gets_a_bridge_with_its_address() -> None:
    assert network.inside_commands(NODE).splitlines() == [
        "link set lo up",
        "link set host up",
        "address add 10.199.255.254/30 dev host",
        "link add cni0 type bridge",
        "address add 10.199.0.1/24 dev cni0",
        "link set cni0 up",
        "route add 10.199.128.0/20 dev cni0",
    ]


@pytest.mark.parametrize(
    ("links", "routes", "connected"),
    [
        pytest.param([OURS], [ROUTE], True, id="as made"),
        pytest.param([], [ROUTE], False, id="the link is gone"),
        pytest.param([OURS], [], False, id="the route is gone"),
        pytest.param([{**OURS, "ifalias": "deployer-other"}], [ROUTE], False, id="it is another node's"),
    ],
)
def test_a_node_is_connected_by_its_own_link_and_route(
    links: list[dict[str, str]], routes: list[dict[str, str]], connected: bool
) -> None:
    assert network.is_connected(NODE, looking(links, routes)) is connected


def test_only_the_node_s_own_link_is_removed() -> None:
    links = [{"ifname": "deployer0", "ifalias": "deployer-other"}, {**OURS, "ifname": "deployer3"}]
    fake = runner(
        Call(argv=LINKS, stdout=json.dumps(links)), Call(argv=("ip", "link", "delete", "deployer3"))
    )
    network.disconnect(NODE, fake)
    assert fake.all_used()


def test_a_link_that_goes_by_itself_meanwhile_is_gone() -> None:
    gone = Call(argv=("ip", "link", "delete", "deployer0"), returncode=1, stderr="Cannot find device")
    fake = runner(Call(argv=LINKS, stdout=json.dumps([OURS])), gone)
    network.disconnect(NODE, fake)
    assert fake.all_used()
