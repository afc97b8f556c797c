"""The local cluster as a node, from up to down, in every state that it can get into.

Each test makes a cluster of its own, in a state directory of its own, beside the one that is up for the
other tests: two nodes on a machine share nothing.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.interruption import Interruption
from deployer.operations.local import node as local_node
from deployer.session import Session
from deployer.tools.node.certificates import make_certificates
from deployer.tools.node.layout import Node
from deployer.tools.node.namespaces import find_anchor, processes
from deployer.tools.process import Programs
from tests.cluster.conftest import DEPLOYER, wait_for
from tests.cluster.machine import Machine, look, members, namespace, processes_in, started

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

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


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """A cluster that is not there yet, and that is taken down afterwards."""
    made = LocalCluster(state=tmp_path / "state")
    yield made
    made.environ.clear()
    made.down()


@pytest.fixture(scope="module")
def running() -> Iterator[LocalCluster]:
    """A cluster that runs, for tests that leave it so, in a place that every user may look into."""
    with tempfile.TemporaryDirectory(prefix="deployer-") as place:
        Path(place).chmod(0o755)
        made = LocalCluster(state=Path(place) / "state")
        try:
            made.up()
            yield made
        finally:
            made.down()


def test_the_host_sees_one_link_its_route_and_cgroups_and_after_down_nothing(cluster: LocalCluster) -> None:
    before = cluster.look()
    cluster.up()
    cluster.run_pod()

    during, node = cluster.look(), cluster.node
    assert during.links - before.links == {node.link}
    assert {route.split()[1] for route in during.routes - before.routes} == {node.link}
    assert {Path(path).name for path in during.cgroups - before.cgroups} == {node.mark}
    assert replace(during, links=before.links, routes=before.routes, cgroups=before.cgroups) == before

    anchor = find_anchor(cluster.node)
    assert anchor is not None
    ours = processes_in(frozenset({namespace(anchor.pid)}))
    pods = members(cluster.node.mark)
    assert len(ours) > 9
    assert pods, "the pod is in the node's cgroups"
    times = {pid: started(pid) for pid in (*ours, *pods)}

    cluster.down()

    assert cluster.look() == before
    assert [pid for pid, time_ in times.items() if started(pid) == time_] == []
    assert not cluster.directory.exists()


def test_up_again_changes_nothing(running: LocalCluster) -> None:
    before = {name: running.pid_of(name) for name in COMPONENTS}
    running.up()
    assert {name: running.pid_of(name) for name in COMPONENTS} == before
    assert running.state_of() == "running"


def test_up_starts_what_has_died_and_keeps_the_rest(cluster: LocalCluster) -> None:
    cluster.up()
    cluster.kubectl("create", "configmap", "kept")
    for dead in (("kubelet", "coredns"), ("etcd", "kube-apiserver"), ("containerd", "kube-proxy")):
        before = {name: cluster.pid_of(name) for name in COMPONENTS if name not in dead}
        for component in dead:
            os.kill(cluster.pid_of(component), signal.SIGKILL)
        assert cluster.state_of() == "broken"

        cluster.up()

        assert cluster.state_of() == "running"
        assert cluster.kubectl("get", "configmap", "kept", "-o=name") == "configmap/kept"
        assert {name: cluster.pid_of(name) for name in before} == before
    cluster.run_pod()


def test_up_after_everything_died_at_once_brings_back_what_was_there(cluster: LocalCluster) -> None:
    """As after a reboot: the files are there, and nothing else."""
    cluster.up()
    cluster.run_pod()
    end_all(cluster)
    assert cluster.state_of() == "stopped"

    cluster.up()

    cluster.kubectl("wait", "--for=condition=Ready", "pod/sleeper", "--timeout=120s")
    assert cluster.kubectl("get", "persistentvolumeclaim", "data", "-o=jsonpath={.status.phase}") == "Bound"


def test_a_link_that_somebody_removed_is_made_again(cluster: LocalCluster) -> None:
    cluster.up()
    subprocess.run(["ip", "link", "delete", cluster.node.link], check=True)
    assert cluster.state_of() == "broken"
    cluster.up()
    assert cluster.state_of() == "running"


def end_all(cluster: LocalCluster) -> None:
    """Kill every process of the cluster at once."""
    anchor = find_anchor(cluster.node)
    assert anchor is not None
    os.kill(anchor.pid, signal.SIGKILL)
    wait_for(lambda: find_anchor(cluster.node) is None, "all processes are gone")


def test_down_after_everything_died_leaves_the_machine_as_it_was(cluster: LocalCluster) -> None:
    before = cluster.look()
    cluster.up()
    end_all(cluster)
    cluster.down()
    assert cluster.look() == before


def test_down_though_somebody_deleted_the_files(cluster: LocalCluster) -> None:
    before = cluster.look()
    cluster.up()
    anchor = find_anchor(cluster.node)
    assert anchor is not None
    subprocess.run(["rm", "-rf", cluster.directory], check=False)
    cluster.down()
    assert started(anchor.pid) is None
    assert cluster.look() == before


@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("write certificates", signal.SIGTERM),
        ("make namespaces", signal.SIGINT),
        ("start etcd", signal.SIGTERM),
        ("start kube-apiserver", signal.SIGINT),
        ("start kubelet", signal.SIGTERM),
    ],
)
def test_an_interrupted_up_leaves_nothing_but_logs(
    cluster: LocalCluster, step: str, number: signal.Signals
) -> None:
    before = cluster.look()
    with cluster.start("up", "--provider", "node", "--no-images") as process:
        wait_for_step(process, step)
        process.send_signal(number)
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert find_anchor(cluster.node) is None
    assert cluster.look() == before
    assert [entry.name for entry in cluster.directory.iterdir()] == ["logs"]


@pytest.mark.parametrize(
    "step", ["write certificates", "make namespaces", "start kube-apiserver", "wait for"]
)
def test_a_killed_up_is_cleaned_up_by_down(cluster: LocalCluster, step: str) -> None:
    before = cluster.look()
    kill_up_at(cluster, step)
    cluster.down()
    assert cluster.look() == before
    assert not cluster.directory.exists()


def test_a_killed_up_is_cleaned_up_by_the_next_up(cluster: LocalCluster) -> None:
    for step in ("write certificates", "make namespaces", "start kube-scheduler"):
        kill_up_at(cluster, step)
    cluster.up()
    assert cluster.state_of() == "running"


def kill_up_at(cluster: LocalCluster, step: str) -> None:
    """Kill `local up` in the middle of a step, so that it cannot clean up."""
    with cluster.start("up", "--provider", "node", "--no-images") as process:
        wait_for_step(process, step)
        process.kill()


def wait_for_step(process: subprocess.Popen[str], step: str) -> None:
    """Read the progress until a step begins."""
    assert process.stderr is not None
    for line in process.stderr:
        if f"local: {step}" in line:
            time.sleep(0.05)
            return
    pytest.fail(f"there was no step {step}")


def test_a_component_that_fails_is_named_with_the_end_of_its_log(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    before = cluster.look()
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("kubernetes", "pause"):
        (tools / name).symlink_to(TOOLS / name)
    (tools / "coredns").write_text("#!/bin/sh\necho 'marker of the failure'\nexit 3\n")
    (tools / "coredns").chmod(0o755)
    cluster.environ["DEPLOYER_TOOLS"] = str(tools)

    done = cluster.run("up", "--provider", "node", "--no-images")

    assert done.returncode == 1
    assert "error: `coredns` ended while it was starting\nmarker of the failure\n" in done.stderr
    assert f"hint: the whole log is in {cluster.directory}/logs/coredns.log" in done.stderr
    assert "marker of the failure" in (cluster.directory / "logs" / "coredns.log").read_text()
    assert cluster.look() == before


def test_ports_that_others_have_taken_are_not_in_the_way(cluster: LocalCluster) -> None:
    with ExitStack() as stack:
        for port in (53, 2379, 2380, 6443, 10248, 10249, 10250, 10256, 10257, 10259):
            with suppress(OSError):  # somebody else has taken it: as good
                stack.enter_context(socket.create_server(("", port)))
        cluster.up()
    assert cluster.state_of() == "running"


def test_a_link_that_others_took_meanwhile_is_said_and_left_alone(cluster: LocalCluster) -> None:
    cluster.up()
    end_all(cluster)
    link = cluster.node.link
    wait_for(lambda: not Path("/sys/class/net", link).exists(), "the link went with the node")
    subprocess.run(["ip", "link", "add", link, "type", "bridge"], check=True)
    try:
        done = cluster.run("up", "--provider", "node", "--no-images")
        assert done.returncode == 1
        assert f"something else uses the local cluster's link {link}" in done.stderr
        cluster.down()
        assert Path("/sys/class/net", link).exists()
    finally:
        subprocess.run(["ip", "link", "delete", link], check=True)


def test_a_process_that_looks_like_ours_is_left_alone(cluster: LocalCluster) -> None:
    """What a number in a file could never tell: the process is on the host, so it is not the node's."""
    cluster.directory.mkdir(parents=True)
    script = f'exec -a /run/deployer-tools/pause tail -f /dev/null --pid="$$" {cluster.directory}'
    alike = subprocess.Popen(["bash", "-c", 'exec -a "$0" sleep 1000', "/run/deployer-tools/pause"])
    with subprocess.Popen(["bash", "-c", script], stderr=subprocess.DEVNULL) as other:
        try:
            cluster.up()
            cluster.down()
            assert alike.poll() is None
            assert other.poll() is None
        finally:
            for process in (alike, other):
                process.kill()
                process.wait()


def test_what_somebody_mounted_among_the_files_is_not_deleted(cluster: LocalCluster, tmp_path: Path) -> None:
    cluster.up()
    data, point = tmp_path / "data", cluster.directory / "volumes" / "mine"
    data.mkdir()
    (data / "thesis").touch()
    point.mkdir()
    subprocess.run(["mount", "--bind", data, point], check=True)
    try:
        done = cluster.run("down")
        assert done.returncode == 1
        assert f"error: something is mounted at {point}\nhint: run `umount {point}`" in done.stderr
    finally:
        subprocess.run(["umount", point], check=True)
    cluster.down()
    assert (data / "thesis").exists()


def test_two_runs_at_once_do_not_mix(cluster: LocalCluster) -> None:
    with cluster.start("up", "--provider", "node", "--no-images") as first:
        wait_for_step(first, "start")
        second = cluster.run("down")
        assert second.returncode == 1
        assert "another `deployer local` is making or removing the cluster" in second.stderr
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert cluster.state_of() == "running"


def test_strangers_are_refused(running: LocalCluster, tmp_path: Path) -> None:
    theirs = tmp_path / "pki"
    make_certificates(running.node, theirs, Programs(environ=os.environ, interruption=Interruption()))
    nobody = ssl.create_default_context(cafile=running.directory / "pki" / "ca.crt")
    stranger = ssl.create_default_context(cafile=running.directory / "pki" / "ca.crt")
    stranger.load_cert_chain(theirs / "admin.crt", theirs / "admin.key")
    address = running.node.address
    for url in (f"https://{address}:6443/api", f"https://{address}:10250/pods"):
        for context in (nobody, stranger):
            assert refused(url, context), url


def test_its_files_are_not_for_other_users(running: LocalCluster) -> None:
    assert as_nobody("ls", running.state) == "", "the way there is open"
    assert as_nobody("ls", running.directory).endswith("Permission denied")
    for path in ("kubeconfig", "outputs.yaml", "pki/ca.key", "logs/etcd.log", "config/kubelet.yaml"):
        assert (running.directory / path).exists()
        assert as_nobody("cat", running.directory / path).endswith("Permission denied")


def as_nobody(program: str, path: Path) -> str:
    """Return the complaint of a program that an unprivileged user runs on a path."""
    done = subprocess.run(
        [program, path], user="nobody", group="nogroup", capture_output=True, text=True, check=False, cwd="/"
    )
    return done.stderr.strip()


def refused(url: str, context: ssl.SSLContext) -> bool:
    """Tell whether a server answers 401, or does not even finish the handshake."""
    try:
        urllib.request.urlopen(url, context=context, timeout=10).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 401
    except (ssl.SSLError, urllib.error.URLError, ConnectionError):
        return True
    return False


def test_etcd_and_the_controllers_cannot_be_reached_from_outside(running: LocalCluster) -> None:
    for port in (2379, 2380, 10257, 10259):
        for address in (str(running.node.address), "127.0.0.1"):
            with socket.socket() as sock:
                sock.settimeout(2)
                assert sock.connect_ex((address, port)) != 0, (address, port)


def test_a_volume_can_be_written_by_anybody_in_a_pod_and_goes_with_its_claim(running: LocalCluster) -> None:
    running.run_pod()
    (volume,) = (running.directory / "volumes").iterdir()
    assert volume.stat().st_mode & 0o777 == 0o777
    assert (running.directory / "volumes").stat().st_mode & 0o077 == 0
    running.kubectl("delete", "pod", "sleeper", "--grace-period=1")
    running.kubectl("delete", "persistentvolumeclaim", "data")
    wait_for(lambda: not volume.exists(), "the volume's directory is gone", seconds=60)
