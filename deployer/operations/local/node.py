"""The local cluster as a node of its own on this machine: for root on Linux, without Docker."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.local import files as local_files
from deployer.progress import step
from deployer.tools.node import images, network
from deployer.tools.node.checks import cluster_uid, running, works
from deployer.tools.node.components import components
from deployer.tools.node.layout import Node, free_number, has_room
from deployer.tools.node.namespaces import find_anchor
from deployer.tools.node.start import SUBJECT, Start
from deployer.tools.node.stop import remove, stop
from deployer.tools.process import Programs, programs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.local.images import BuiltImage
    from deployer.session import Session

_PINNED = ("kubernetes", "coredns", "pause")
_SYSTEM = ("containerd", "ctr", "etcd", "ip", "iptables", "mount", "nsenter", "openssl", "runc", "unshare")
_NETWORK_PLUGIN = Path("/usr/lib/cni/bridge")


def obstacle(session: Session) -> str | None:
    """Return what keeps a node from working here, in a few words with what would help, or None."""
    if sys.platform != "linux":
        return "works on Linux only"
    if os.geteuid() != 0:
        return "needs root: run with `sudo`"
    found = programs(session)
    if any(found.find(name) is None for name in _PINNED):
        return "its programs are not built: run `make tools`"
    missing = [name for name in _SYSTEM if found.find(name) is None]
    if not _NETWORK_PLUGIN.exists():
        missing.append("containernetworking-plugins")
    if missing:
        return f"{', '.join(missing)} not installed: run `tools/install-packages`"
    return None


@dataclass(frozen=True, kw_only=True)
class LocalNode:
    """The node of a session's state directory, made or not."""

    session: Session
    node: Node

    @classmethod
    def existing(cls, session: Session) -> LocalNode | None:
        """Return the node that was made, whole or in part, running or not; None when there is none."""
        directory = local_files.directory(session)
        settings = local_files.read(directory / "settings.yaml")
        node = Node(directory=directory, number=int(settings.get("number", 0)))
        # A node may run on though somebody deleted its files.
        made = settings.get("provider") == "node" or find_anchor(node) is not None
        return cls(session=session, node=node) if made else None

    @classmethod
    def planned(cls, session: Session) -> LocalNode:
        """Return a node for which there is room on this machine."""
        links, routes = network.links_and_routes(programs(session))
        directory = local_files.directory(session)
        number = free_number(directory, links=links, routes=routes)
        if number is None:
            raise DeployerError(
                "no free network for the local cluster: all of 10.199.0.0 to 10.218.0.0 are in use"
            )
        return cls(session=session, node=Node(directory=directory, number=number))

    @property
    def complete(self) -> bool:
        """Whether the node once worked, so that its data are worth keeping."""
        return self._outputs.exists()

    @property
    def _outputs(self) -> Path:
        return self.node.directory / "outputs.yaml"

    @property
    def _settings(self) -> Path:
        return self.node.directory / "settings.yaml"

    def up(self, built: dict[str, BuiltImage]) -> None:
        """Start what does not run, load what images are missing, and write what others need to know.

        What this run made is removed again when it fails or is interrupted; the logs stay.
        """
        anchored = find_anchor(self.node) is not None
        complete = self.complete
        if complete and not anchored:
            self._check_room()
        try:
            if not complete or not works(self.node, self._programs):
                self._start()
            self._load_missing(built)
            self._tell(built)
        except OSError as error:
            self._undo(keep_files=complete, keep_running=anchored)
            raise DeployerError(f"the local cluster cannot be made: {error}") from error
        except BaseException:
            self._undo(keep_files=complete, keep_running=anchored)
            raise

    def down(self) -> None:
        """End the node and delete its files."""
        with step(self.session.progress, SUBJECT, "stop the cluster"):
            stop(self.node, self._programs)
        with step(self.session.progress, SUBJECT, "delete its files"):
            remove(self.node.directory)

    def load(self, archives: Sequence[Path]) -> None:
        """Import the images of archives."""
        anchor = find_anchor(self.node)
        if anchor is None:
            raise DeployerError("the local cluster is stopped", hint="run `deployer local up`")
        for archive in archives:
            with step(self.session.progress, SUBJECT, f"load {archive.name}"):
                images.load(anchor, archive, self._programs)

    def running(self) -> dict[str, bool]:
        """Return for each component whether it runs."""
        names = running(self.node)
        return {component.name: component.name in names for component in components(self.node)}

    def works(self) -> bool:
        """Tell whether the cluster does its work."""
        return works(self.node, self._programs)

    def outputs(self) -> dict[str, Any]:
        """Return what was written for others to know."""
        return local_files.read(self._outputs)

    @property
    def _programs(self) -> Programs:
        return programs(self.session)

    def _check_room(self) -> None:
        links, routes = network.links_and_routes(self._programs)
        if not has_room(self.node, links=links, routes=routes):
            raise DeployerError(
                f"something else uses the local cluster's link {self.node.link} or its {self.node.network}",
                hint="run `deployer local down`, then `deployer local up`: the new cluster takes another one",
            )

    def _start(self) -> None:
        self.node.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        local_files.write(self._settings, {"provider": "node", "number": self.node.number})
        kubernetes = self._programs.find("kubernetes")
        if kubernetes is None:
            raise DeployerError("program not found: kubernetes", hint="run `make tools`")
        Start(
            node=self.node,
            tools=kubernetes.parent,
            programs=self._programs,
            progress=self.session.progress,
            interruption=self.session.interruption,
        ).run()

    def _load_missing(self, built: dict[str, BuiltImage]) -> None:
        if self.outputs().get("images") == _named(built) or not built:
            return
        anchor = find_anchor(self.node)
        there = images.loaded(anchor, self._programs) if anchor else frozenset()
        self.load([image.archive for image in built.values() if image.reference not in there])

    def _tell(self, built: dict[str, BuiltImage]) -> None:
        before = self.outputs()
        named = _named(built) or before.get("images", {})
        if before.get("images") == named and self.node.kubeconfig.exists():
            return
        shutil.copy(self.node.directory / "config/admin.kubeconfig", self.node.kubeconfig)
        uid = cluster_uid(self.node, self._programs)
        local_files.write(self._outputs, {"provider": "node", "uid": uid, "images": named})

    def _undo(self, *, keep_files: bool, keep_running: bool) -> None:
        # The user may have asked to stop; cleaning up must not be refused because of it.
        tidying = replace(self._programs, interruption=Interruption())
        if not (keep_files and keep_running):
            with step(self.session.progress, SUBJECT, "remove what was started"):
                stop(self.node, tidying)
        if not keep_files:
            remove(self.node.directory, keep=frozenset({"logs"}))


def _named(built: dict[str, BuiltImage]) -> dict[str, dict[str, str]]:
    return {name: {"name": image.name, "tag": image.tag} for name, image in built.items()}
