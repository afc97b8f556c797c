"""Looks at a node: what of it runs, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.tools.node import dns, network
from deployer.tools.node.components import components
from deployer.tools.node.layout import DOMAIN
from deployer.tools.node.namespaces import find_anchor, is_ready, listening_ports, processes

if TYPE_CHECKING:
    from deployer.tools.node.components import Component
    from deployer.tools.node.layout import Node
    from deployer.tools.node.namespaces import Process
    from deployer.tools.process import Runner

DIRECT = {"NO_PROXY": "*", "no_proxy": "*"}
"""What keeps a program from asking a proxy for an address of this machine."""

_READY = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}'


def running(node: Node) -> frozenset[str]:
    """Return the names of what runs in the node's namespaces."""
    anchor = find_anchor(node)
    return frozenset(process.name for process in processes(anchor)) if anchor else frozenset()


def runs(anchor: Process, name: str) -> bool:
    """Tell whether a component is there as a process."""
    return any(process.name == name for process in processes(anchor))


def serves(anchor: Process, component: Component) -> bool:
    """Tell whether a component runs and, if it has a port, listens on it."""
    if not runs(anchor, component.name):
        return False
    return component.port is None or component.port in listening_ports(anchor)


def works(node: Node, runner: Runner) -> bool:
    """Tell whether the node does all that it is for."""
    anchor = find_anchor(node)
    return (
        anchor is not None
        and is_ready(anchor)
        and network.is_connected(node, runner)
        and all(serves(anchor, component) for component in components(node))
        and is_node_ready(node, runner)
        and answers_names(node)
    )


def is_node_ready(node: Node, runner: Runner) -> bool:
    """Tell whether the Kubernetes node takes pods."""
    return ask(node, runner, "get", "node", node.name, _READY) == "True"


def answers_names(node: Node) -> bool:
    """Tell whether DNS knows the cluster's names."""
    return dns.answers(str(node.address), f"kubernetes.default.svc.{DOMAIN}")


def cluster_uid(node: Node, runner: Runner) -> str:
    """Return what tells this cluster from every other: the uid of its namespace kube-system."""
    return ask(node, runner, "get", "namespace", "kube-system", "-o=jsonpath={.metadata.uid}")


def kubectl_argv(node: Node, *arguments: str) -> tuple[str, ...]:
    """Return a command to the cluster, as its administrator."""
    kubeconfig = node.directory / "config/admin.kubeconfig"
    return ("kubernetes", "kubectl", f"--kubeconfig={kubeconfig}", "--request-timeout=5s", *arguments)


def ask(node: Node, runner: Runner, *arguments: str) -> str:
    """Return what kubectl says, or nothing when it fails."""
    result = runner.run(kubectl_argv(node, *arguments), env=DIRECT, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""
