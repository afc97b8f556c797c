"""Starts what of a node does not run yet, one visible step after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.progress import step
from deployer.tools.node import cgroups, dns, images, network
from deployer.tools.node.certificates import clients, make_certificates
from deployer.tools.node.components import Component, components
from deployer.tools.node.configuration import PAUSE_IMAGE, cluster_objects, configuration_files, kubeconfig
from deployer.tools.node.layout import DOMAIN, TOOLS
from deployer.tools.node.namespaces import (
    Process,
    anchor_argv,
    daemon_argv,
    find_anchor,
    inside_argv,
    inside_environment,
    is_ready,
    listening_ports,
    processes,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deployer.interruption import Interruption
    from deployer.progress import Progress
    from deployer.tools.node.layout import Node
    from deployer.tools.process import Programs

SUBJECT = "local"
_PATIENCE = 60
_TO_APPEAR = 2.0
"""Seconds in which a started program must be seen as a process."""
_SHOWN_LINES = 12
_NODE_READY = ("get", "node", '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}')
_KNOWN_NAME = f"kubernetes.default.svc.{DOMAIN}"
_DIRECT = {"NO_PROXY": "*", "no_proxy": "*"}


class ComponentFailed(DeployerError):
    """A component of the node ended, or did not begin to work in time."""

    def __init__(self, node: Node, name: str, what: str) -> None:
        log = node.log(name)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        super().__init__(
            "\n".join([f"`{name}` {what}", *lines[-_SHOWN_LINES:]]), hint=f"the whole log is in {log}"
        )
        self.name = name


@dataclass(frozen=True, kw_only=True)
class Start:
    """What starting a node takes: its programs' directory, and the surroundings of the run."""

    node: Node
    tools: Path
    programs: Programs
    progress: Progress
    interruption: Interruption

    def run(self) -> None:
        """Make the node work; return when it does.

        Raises:
            ComponentFailed: a component ended or did not begin to work; its last lines are in the message.
            Interrupted: the user asked to stop. What was started goes on running.
        """
        with step(self.progress, SUBJECT, "write certificates and configuration"):
            self._write_files()
        with step(self.progress, SUBJECT, "make namespaces and network"):
            anchor = self._make_namespaces()
        for component in components(self.node):
            with step(self.progress, SUBJECT, f"start {component.name}"):
                self._start(anchor, component)
                self._finish(anchor, component)
        with step(self.progress, SUBJECT, "wait for the node"):
            self._wait_for_cluster(anchor)

    def _write_files(self) -> None:
        node = self.node
        for name in ("bin", "config/cni", "logs", "volumes", "containerd", "kubelet", "etcd"):
            (node.directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        pki = node.directory / "pki"
        make_certificates(node, pki, self.programs)
        for path, content in configuration_files(node).items():
            _write(node.directory / path, content)
        for client in clients(node):
            _write(
                node.directory / "config" / f"{client.file}.kubeconfig",
                kubeconfig(node, user=client.file, pki=pki),
            )
        images.write_pause_archive(self.tools / "pause", node.directory / "config/pause.tar")
        for component in components(node):
            link = node.directory / "bin" / component.name
            if not link.is_symlink():
                link.symlink_to(TOOLS / "kubernetes")

    def _make_namespaces(self) -> Process:
        node = self.node
        if (anchor := find_anchor(node)) is not None and is_ready(anchor):
            return anchor
        log = node.log("anchor")
        log.unlink(missing_ok=True)
        cgroups.make(node)
        self.programs.daemon(anchor_argv(node, self.tools), log=log)
        self._wait("anchor", self._anchor_is_ready, self._anchor_is_there)
        anchor = find_anchor(node)
        if anchor is None:
            raise ComponentFailed(node, "anchor", "ended")
        network.connect(node, anchor, self.programs)
        return anchor

    def _anchor_is_there(self) -> bool:
        return find_anchor(self.node) is not None

    def _anchor_is_ready(self) -> bool:
        anchor = find_anchor(self.node)
        return anchor is not None and is_ready(anchor)

    def _start(self, anchor: Process, component: Component) -> None:
        name = component.name
        if not _runs(anchor, name):
            log = self.node.log(name)
            log.unlink(missing_ok=True)
            argv = daemon_argv(anchor, component.argv)
            self.programs.daemon(argv, log=log, env=inside_environment())
        self._wait(name, lambda: _works(anchor, component), lambda: _runs(anchor, name))

    def _finish(self, anchor: Process, component: Component) -> None:
        """Do what becomes possible with a component and is needed by the next."""
        node = self.node
        if component.name == "containerd":
            self._wait(
                "containerd", lambda: self._containerd_answers(anchor), lambda: _runs(anchor, "containerd")
            )
            if PAUSE_IMAGE not in images.loaded(anchor, self.programs):
                images.load(anchor, node.directory / "config/pause.tar", self.programs)
        elif component.name == "kube-apiserver":
            name = component.name
            self._wait(
                name, lambda: self._asks("get", "--raw", "/readyz") == "ok", lambda: _runs(anchor, name)
            )
            argv = kubectl_argv(node, "apply", "--server-side", "--force-conflicts", "--filename=-")
            self.programs.run(argv, stdin=cluster_objects(), env=_DIRECT)

    def _containerd_answers(self, anchor: Process) -> bool:
        argv = inside_argv(anchor, images.ctr_argv("version"))
        return self.programs.run(argv, check=False).returncode == 0

    def _wait_for_cluster(self, anchor: Process) -> None:
        self._wait(
            "kubelet",
            lambda: self._asks(*_NODE_READY, self.node.name) == "True",
            lambda: _runs(anchor, "kubelet"),
        )
        # Controllers make this in each namespace; a pod that comes earlier is refused.
        self._wait(
            "kube-controller-manager",
            lambda: self._asks("get", "serviceaccount", "default", "-o=name") != "",
            lambda: _runs(anchor, "kube-controller-manager"),
        )
        self._wait(
            "coredns",
            lambda: dns.answers(str(self.node.address), _KNOWN_NAME),
            lambda: _runs(anchor, "coredns"),
        )

    def _asks(self, *arguments: str) -> str:
        return _ask(self.node, self.programs, *arguments)

    def _wait(self, name: str, works: Callable[[], bool], runs: Callable[[], bool]) -> None:
        """Wait until a component works; raise ComponentFailed when it ends before that."""
        start = time.monotonic()
        while not works():
            seconds = time.monotonic() - start
            if seconds > _TO_APPEAR and not runs():
                raise ComponentFailed(self.node, name, "ended while it was starting")
            if seconds > _PATIENCE:
                raise ComponentFailed(self.node, name, f"did not begin to work within {_PATIENCE} s")
            self.interruption.sleep(0.1)


def running(node: Node) -> frozenset[str]:
    """Return the names of what runs in the node's namespaces."""
    anchor = find_anchor(node)
    return frozenset(process.name for process in processes(anchor)) if anchor else frozenset()


def works(node: Node, programs: Programs) -> bool:
    """Tell whether every component works, the node is ready and DNS answers."""
    anchor = find_anchor(node)
    if anchor is None or not is_ready(anchor):
        return False
    return (
        all(_works(anchor, component) for component in components(node))
        and _ask(node, programs, *_NODE_READY, node.name) == "True"
        and dns.answers(str(node.address), _KNOWN_NAME)
    )


def cluster_uid(node: Node, programs: Programs) -> str:
    """Return what tells this cluster from every other: the uid of its namespace kube-system."""
    return _ask(node, programs, "get", "namespace", "kube-system", "-o=jsonpath={.metadata.uid}")


def kubectl_argv(node: Node, *arguments: str) -> tuple[str, ...]:
    """Return a command to the cluster, as its administrator."""
    kubeconfig = node.directory / "config/admin.kubeconfig"
    return ("kubernetes", "kubectl", f"--kubeconfig={kubeconfig}", "--request-timeout=5s", *arguments)


def _ask(node: Node, programs: Programs, *arguments: str) -> str:
    result = programs.run(kubectl_argv(node, *arguments), env=_DIRECT, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


def _runs(anchor: Process, name: str) -> bool:
    return any(process.name == name for process in processes(anchor))


def _works(anchor: Process, component: Component) -> bool:
    if not _runs(anchor, component.name):
        return False
    return component.port is None or component.port in listening_ports(anchor)


def _write(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content, encoding="utf-8")
