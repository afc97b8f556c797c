"""Starts what of a node does not run yet, one visible step after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.progress import step
from deployer.tools.node import cgroups, images, network
from deployer.tools.node.certificates import clients, make_certificates
from deployer.tools.node.checks import (
    DIRECT,
    answers_names,
    ask,
    is_node_ready,
    kubectl_argv,
    runs,
    serves,
)
from deployer.tools.node.components import components
from deployer.tools.node.configuration import PAUSE_IMAGE, cluster_objects, configuration_files, kubeconfig
from deployer.tools.node.layout import TOOLS
from deployer.tools.node.namespaces import (
    anchor_argv,
    daemon_argv,
    find_anchor,
    inside_argv,
    inside_environment,
    is_alive,
    is_ready,
)
from deployer.tools.node.stop import stop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deployer.interruption import Interruption
    from deployer.progress import Progress
    from deployer.tools.node.components import Component
    from deployer.tools.node.layout import Node
    from deployer.tools.node.namespaces import Process
    from deployer.tools.process import Programs

SUBJECT = "local"
_DIRECTORIES = ("bin", "config", "config/cni", "containerd", "etcd", "kubelet", "logs", "volumes")
_PATIENCE = 60
_TO_APPEAR = 2.0
"""Seconds in which a started program must be seen as a process."""
_SHOWN_LINES = 12


class ComponentFailed(DeployerError):
    """A component of the node ended, or did not begin to work in time; shows the end of its log."""

    def __init__(self, node: Node, name: str, what: str) -> None:
        log = node.log(name)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        super().__init__(
            "\n".join([f"`{name}` {what}", *lines[-_SHOWN_LINES:]]), hint=f"the whole log is in {log}"
        )
        self.name = name


@dataclass(frozen=True, kw_only=True)
class Start:
    """What starting a node takes. `tools` is the directory of the pinned programs."""

    node: Node
    tools: Path
    programs: Programs
    progress: Progress
    interruption: Interruption

    def run(self) -> None:
        """Make the node work; return when it does.

        Raises:
            ComponentFailed: a component ended or did not begin to work.
            Interrupted: the user asked to stop. What was started goes on running.
        """
        with step(self.progress, SUBJECT, "write certificates and configuration"):
            self._write_files()
        with step(self.progress, SUBJECT, "make namespaces and network"):
            anchor = self._anchored()
        for component in components(self.node):
            with step(self.progress, SUBJECT, f"start {component.name}"):
                self._start(anchor, component)
        with step(self.progress, SUBJECT, "wait for the node"):
            self._wait_for_cluster(anchor)

    def _write_files(self) -> None:
        node = self.node
        for name in _DIRECTORIES:
            (node.directory / name).mkdir(mode=0o700, exist_ok=True)
        pki, config = node.directory / "pki", node.directory / "config"
        make_certificates(node, pki, self.programs)
        for path, content in configuration_files(node).items():
            _write(node.directory / path, content)
        for client in clients(node):
            _write(config / f"{client.file}.kubeconfig", kubeconfig(node, user=client.file, pki=pki))
        images.write_pause_archive(self.tools / "pause", config / "pause.tar")
        for component in components(node):
            link = node.directory / "bin" / component.name
            if not link.is_symlink():
                link.symlink_to(TOOLS / "kubernetes")

    def _anchored(self) -> Process:
        """Return the anchor of the node's namespaces, made now unless it is there and in order."""
        node = self.node
        anchor = find_anchor(node)
        if anchor and is_ready(anchor) and network.is_connected(node, self.programs):
            return anchor
        stop(node, self.programs)
        cgroups.make(node)
        self._see_anchor(self._start_daemon("anchor", anchor_argv(node, self.tools)))
        anchor = self._wait_for_anchor()
        network.connect(node, anchor, self.programs)
        return anchor

    def _see_anchor(self, starter: int) -> None:
        """Wait until the anchor shows, also for somebody who asks to stop: what is not seen stays."""
        end = time.monotonic() + _PATIENCE
        while find_anchor(self.node) is None and is_alive(starter) and time.monotonic() < end:
            time.sleep(0.02)

    def _wait_for_anchor(self) -> Process:
        def is_there() -> bool:
            return find_anchor(self.node) is not None

        def works() -> bool:
            anchor = find_anchor(self.node)
            return anchor is not None and is_ready(anchor)

        self._wait("anchor", works, is_there)
        if (anchor := find_anchor(self.node)) is None:
            raise ComponentFailed(self.node, "anchor", "ended")
        return anchor

    def _start(self, anchor: Process, component: Component) -> None:
        if not runs(anchor, component.name):
            self._start_daemon(component.name, daemon_argv(anchor, component.argv))
        self._wait_for(anchor, component.name, lambda: serves(anchor, component))
        if component.name == "containerd":
            self._load_pause_image(anchor)
        elif component.name == "kube-apiserver":
            self._make_cluster_objects(anchor)

    def _start_daemon(self, name: str, argv: Sequence[str]) -> int:
        log = self.node.log(name)
        if log.exists():
            # It tells how the one before ended.
            log.replace(log.with_suffix(".previous.log"))
        return self.programs.daemon(argv, log=log, env=inside_environment(), cwd=self.node.directory)

    def _load_pause_image(self, anchor: Process) -> None:
        version = inside_argv(anchor, images.ctr_argv("version"))
        self._wait_for(anchor, "containerd", lambda: self.programs.run(version, check=False).returncode == 0)
        if PAUSE_IMAGE not in images.loaded(anchor, self.programs):
            images.load(anchor, self.node.directory / "config/pause.tar", self.programs)

    def _make_cluster_objects(self, anchor: Process) -> None:
        self._wait_for(
            anchor, "kube-apiserver", lambda: ask(self.node, self.programs, "get", "--raw", "/readyz") == "ok"
        )
        argv = kubectl_argv(self.node, "apply", "--server-side", "--force-conflicts", "--filename=-")
        self.programs.run(argv, stdin=cluster_objects(), env=DIRECT)

    def _wait_for_cluster(self, anchor: Process) -> None:
        node, programs = self.node, self.programs
        self._wait_for(anchor, "kubelet", lambda: is_node_ready(node, programs))
        # Controllers make this account in each namespace; a pod that comes earlier is refused.
        self._wait_for(
            anchor,
            "kube-controller-manager",
            lambda: bool(ask(node, programs, "get", "serviceaccount", "default", "-o=name")),
        )
        self._wait_for(anchor, "coredns", lambda: answers_names(node))

    def _wait_for(self, anchor: Process, name: str, works: Callable[[], bool]) -> None:
        self._wait(name, works, lambda: runs(anchor, name))

    def _wait(self, name: str, works: Callable[[], bool], is_there: Callable[[], bool]) -> None:
        """Wait until a component works; raise ComponentFailed when it ends before that."""
        start = time.monotonic()
        while not works():
            seconds = time.monotonic() - start
            if seconds > _TO_APPEAR and not is_there():
                raise ComponentFailed(self.node, name, "ended while it was starting")
            if seconds > _PATIENCE:
                raise ComponentFailed(self.node, name, f"did not begin to work within {_PATIENCE} s")
            self.interruption.sleep(0.1)


def _write(path: Path, content: str) -> None:
    # kube-proxy ends when its configuration is written again, even with the same content.
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
