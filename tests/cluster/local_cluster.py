"""Local clusters of tests' own, each in a state directory of its own, beside the one that is up.

Two nodes on a machine share nothing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.operations.local import node as local_node
from deployer.session import Session
from deployer.tools.node.layout import Node
from deployer.tools.node.namespaces import find_anchor, processes
from tests.cluster.conftest import DEPLOYER
from tests.cluster.machine import Machine, look
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = Path(sys.prefix).parent / ".tools" / "bin"
COMPONENTS = (
    *("etcd", "containerd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    *("kubelet", "kube-proxy", "volume-provisioner", "coredns"),
)
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "sleeper"},
    "spec": {
        "containers": [
            {
                "name": "pause",
                "image": "localhost/deployer/pause:1",
                "imagePullPolicy": "Never",
                "volumeMounts": [{"name": "data", "mountPath": "/data"}],
            }
        ],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
    },
}
CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
}


@dataclass
class LocalCluster:
    """A local cluster of a test, and the commands about it."""

    state: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        return self.state / "local"

    @property
    def node(self) -> Node:
        made = local_node.LocalNode.existing(Session(environ={}, cache=self.state, state=self.state))
        return made.node if made else Node(directory=self.directory, number=0)

    def look(self) -> Machine:
        """Return the machine as it is now, with what this cluster has on it."""
        return look(self.node.mark)

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Start `deployer local ...`."""
        return subprocess.Popen(
            [DEPLOYER, "local", *argv],
            env={**os.environ, "DEPLOYER_STATE": str(self.state), "CI": "true", **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `deployer local ...` to its end."""
        with self.start(*argv) as process:
            out, err = process.communicate(timeout=180)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def up(self) -> None:
        """Bring the cluster up, without images; it must work then."""
        done = self.run("up", "--provider", "node", "--no-images")
        assert done.returncode == 0, done.stderr

    def down(self) -> None:
        """Take the cluster down."""
        done = self.run("down")
        assert done.returncode == 0, done.stderr

    def state_of(self) -> str:
        """Return what `local status` says."""
        return str(json.loads(self.run("status", "--output", "json").stdout)["state"])

    def kubectl(self, *argv: str, stdin: object = None) -> str:
        """Run kubectl as the administrator and return what it printed."""
        done = subprocess.run(
            [TOOLS / "kubectl", f"--kubeconfig={self.directory}/kubeconfig", *argv],
            input=json.dumps(stdin) if stdin else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run_pod(self) -> None:
        """Have a pod with a volume run."""
        self.kubectl("apply", "--filename=-", stdin=CLAIM)
        self.kubectl("apply", "--filename=-", stdin=POD)
        self.kubectl("wait", "--for=condition=Ready", "pod/sleeper", "--timeout=60s")

    def pid_of(self, component: str) -> int:
        """Return the number of a component's process."""
        anchor = find_anchor(self.node)
        assert anchor is not None
        (process,) = [process for process in processes(anchor) if process.name == component]
        return process.pid


@contextmanager
def local_cluster(state: Path) -> Iterator[LocalCluster]:
    """A cluster that is not there yet, and that is taken down afterwards."""
    made = LocalCluster(state=state)
    try:
        yield made
    finally:
        made.environ.clear()
        made.down()


def end_all(cluster: LocalCluster) -> None:
    """Kill every process of the cluster at once."""
    anchor = find_anchor(cluster.node)
    assert anchor is not None
    os.kill(anchor.pid, signal.SIGKILL)
    wait_for(lambda: find_anchor(cluster.node) is None, "all processes are gone")
