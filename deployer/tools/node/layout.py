"""Where the parts of a node are: its directory, its addresses, and how both look from inside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

INSIDE = Path("/run/deployer")
"""The node's directory as its components see it, whatever it is called outside."""

TOOLS = Path("/run/deployer-tools")
"""The directory of the pinned programs, as the components see it."""

BRIDGE = "cni0"
"""The bridge that pods are connected to; it exists in the node's network namespace only."""

DOMAIN = "cluster.local"
_NUMBERS = 20
PROVISIONER = "deployer/directory"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node: `directory` holds all its files, `number` tells it from other nodes of this machine."""

    directory: Path
    number: int

    @property
    def name(self) -> str:
        """The name of the Kubernetes node."""
        return "local"

    @property
    def mark(self) -> str:
        """What tells the node's cgroups and link from those of any other node on the host."""
        return f"deployer-{hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]}"

    @property
    def link(self) -> str:
        """The network link on the host."""
        return f"deployer{self.number}"

    @property
    def network(self) -> IPv4Network:
        """All addresses of the cluster; the host routes them to the link."""
        return IPv4Network(f"10.{199 + self.number}.0.0/16")

    @property
    def pods(self) -> IPv4Network:
        """The addresses of pods."""
        return IPv4Network((int(self.network[0]), 24))

    @property
    def address(self) -> IPv4Address:
        """The node itself: API server, kubelet, DNS and node ports."""
        return self.pods[1]

    @property
    def services(self) -> IPv4Network:
        """The addresses of services."""
        return IPv4Network((int(self.network[0]) + (128 << 8), 20))

    @property
    def outer(self) -> IPv4Address:
        """The host's end of the link."""
        return self.network[-2] - 1

    @property
    def inner(self) -> IPv4Address:
        """The node's end of the link."""
        return self.network[-2]

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return f"https://{self.address}:6443"

    @property
    def kubeconfig(self) -> Path:
        """How an administrator reaches the cluster."""
        return self.directory / "kubeconfig"

    @property
    def logs(self) -> Path:
        """The directory of the components' logs."""
        return self.directory / "logs"

    def log(self, component: str) -> Path:
        """Return the log file of a component."""
        return self.logs / f"{component}.log"


def has_room(node: Node, *, links: frozenset[str], routes: frozenset[str]) -> bool:
    """Tell whether nobody on this machine uses the node's link and addresses.

    `links` are names of network links, `routes` destinations such as `10.0.0.0/8`.
    """
    taken = any(node.network.overlaps(IPv4Network(route)) for route in routes)
    return node.link not in links and not taken


def free_number(directory: Path, *, links: frozenset[str], routes: frozenset[str]) -> int | None:
    """Return the first number with which a node in `directory` has room on this machine, or None."""
    for number in range(_NUMBERS):
        if has_room(Node(directory=directory, number=number), links=links, routes=routes):
            return number
    return None
