"""A local cluster that runs: a second up changes nothing, strangers are kept out, volumes go with claims."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.interruption import Interruption
from deployer.tools.node.certificates import make_certificates
from deployer.tools.process import Programs
from tests.cluster.local_cluster import COMPONENTS, LocalCluster
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster


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


def test_up_again_changes_nothing(running: LocalCluster) -> None:
    before = {name: running.pid_of(name) for name in COMPONENTS}
    running.up()
    assert {name: running.pid_of(name) for name in COMPONENTS} == before
    assert running.state_of() == "running"


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
