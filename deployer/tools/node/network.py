"""The one link between the host and a node, and the network inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.node.layout import BRIDGE
from deployer.tools.node.namespaces import inside_argv
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from deployer.tools.node.layout import Node
    from deployer.tools.node.namespaces import Process
    from deployer.tools.process import Runner

_UPLINK = "host"
"""The node's end of the link, by its name inside."""

_GONE = "Cannot find device"
_SHOW_LINKS = ("ip", "-json", "link", "show")
_SHOW_ROUTES = ("ip", "-json", "-4", "route", "show", "table", "all")


class LinkTaken(DeployerError):
    """There is a link with the node's name already, and it is not the node's."""


def links_and_routes(runner: Runner) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the host's links, and the destinations it has routes to."""
    links = json.loads(runner.run(_SHOW_LINKS).stdout)
    routes = json.loads(runner.run(_SHOW_ROUTES).stdout)
    destinations = (route["dst"] for route in routes if route["dst"] != "default")
    return frozenset(link["ifname"] for link in links), frozenset(destinations)


def inside_commands(node: Node) -> str:
    """Return the commands, for `ip -batch`, that make the network inside.

    The bridge is there before the kubelet starts, since its address is the node's. Services lead to it too:
    where kube-proxy does not yet know one, the packet is lost and sent again, as on any other cluster.
    """
    return f"""\
link set lo up
link set {_UPLINK} up
address add {node.inner}/30 dev {_UPLINK}
link add {BRIDGE} type bridge
address add {node.address}/{node.pods.prefixlen} dev {BRIDGE}
link set {BRIDGE} up
route add {node.services} dev {BRIDGE}
"""


def link_command(node: Node, anchor: Process) -> tuple[str, ...]:
    """Return the command that makes the link, with one end inside."""
    peer = ("peer", "name", _UPLINK, "netns", str(anchor.pid))
    return ("ip", "link", "add", node.link, "type", "veth", *peer)


def host_commands(node: Node) -> str:
    """Return the commands, for `ip -batch`, that mark the host's end of the link and give it an address."""
    return f"""\
address add {node.outer}/30 dev {node.link}
link set {node.link} alias {node.mark} up
"""


def route_command(node: Node) -> tuple[str, ...]:
    """Return the command that leads the cluster's addresses through the link."""
    return ("ip", "route", "replace", str(node.network), "via", str(node.inner), "dev", node.link)


def forwarding_commands(node: Node) -> tuple[tuple[str, ...], ...]:
    """Return the commands that let the host in, but nobody who routes through the host."""
    table = ("iptables", "--wait", "--table", "raw")
    refuse = ("PREROUTING", "--in-interface", _UPLINK, "!", "--source", str(node.outer), "--jump", "DROP")
    return ((*table, "--append", *refuse), ("sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1"))


def connect(node: Node, anchor: Process, runner: Runner) -> None:
    """Make the link, the route and the network inside.

    Raises:
        LinkTaken: somebody made a link of that name meanwhile.
    """
    made = runner.run(link_command(node, anchor), check=False)
    if "File exists" in made.stderr:
        raise LinkTaken(f"network link taken: {node.link}", hint="run `deployer local up` again")
    if made.returncode != 0:
        raise ProgramFailed(made)
    batch = ("ip", "-batch", "-")
    runner.run(batch, stdin=host_commands(node))
    runner.run(inside_argv(anchor, batch), stdin=inside_commands(node))
    for command in forwarding_commands(node):
        runner.run(inside_argv(anchor, command))
    runner.run(route_command(node))


def is_connected(node: Node, runner: Runner) -> bool:
    """Tell whether the host's side of the link is as `connect` leaves it."""
    links = json.loads(runner.run(_SHOW_LINKS).stdout)
    routes = json.loads(runner.run(_SHOW_ROUTES).stdout)
    return any(link["ifname"] == node.link and link.get("ifalias") == node.mark for link in links) and any(
        route["dst"] == str(node.network) and route.get("dev") == node.link for route in routes
    )


def disconnect(node: Node, runner: Runner) -> None:
    """Remove the node's link, whatever its name, and with it the host's address and route."""
    for link in json.loads(runner.run(_SHOW_LINKS).stdout):
        if link.get("ifalias") == node.mark:
            done = runner.run(("ip", "link", "delete", link["ifname"]), check=False)
            # It goes by itself, with the namespace that its other end is in; that may be just now.
            if done.returncode != 0 and _GONE not in done.stderr:
                raise ProgramFailed(done)
