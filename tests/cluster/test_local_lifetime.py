"""The local cluster from up to down: it leaves nothing, and what died or was removed meanwhile comes back."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.tools.node.namespaces import find_anchor
from tests.cluster.local_cluster import COMPONENTS, LocalCluster, end_all, local_cluster
from tests.cluster.machine import members, namespace, processes_in, started

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """A cluster that is not there yet, and that is taken down afterwards."""
    with local_cluster(tmp_path / "state") as made:
        yield made


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
