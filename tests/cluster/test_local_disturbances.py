"""Runs of `local` that are cut short or fail clean up, and what others have on the machine is left alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.tools.node.namespaces import find_anchor
from tests.cluster.local_cluster import TOOLS, LocalCluster, end_all, local_cluster
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """A cluster that is not there yet, and that is taken down afterwards."""
    with local_cluster(tmp_path / "state") as made:
        yield made


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


def test_two_runs_at_once_do_not_mix(cluster: LocalCluster) -> None:
    with cluster.start("up", "--provider", "node", "--no-images") as first:
        wait_for_step(first, "start")
        second = cluster.run("down")
        assert second.returncode == 1
        assert "another `deployer local` is making or removing the cluster" in second.stderr
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert cluster.state_of() == "running"


def wait_for_step(process: subprocess.Popen[str], step: str) -> None:
    """Read the progress until a step begins."""
    assert process.stderr is not None
    for line in process.stderr:
        if f"local: {step}" in line:
            time.sleep(0.05)
            return
    pytest.fail(f"there was no step {step}")


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
