"""Places at certain hours: pods of a Job that are made again when they give way, and end with its deadline.

A real API server with the controllers of Jobs; no node, so the pods wait, as they do on a full cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.tools.kubernetes import Api, connect
from tests.support.api_server import KUBERNETES, REPOSITORY, api_server, free_port, running
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

GUARDED = REPOSITORY / "tests/golden/support/guarded.objects.yaml"
PODS = "/api/v1/namespaces/default/pods"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
CONTROLLERS = ("job-controller", "pod-garbage-collector-controller", "garbage-collector-controller")
PLACES = 2


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with api_server(tmp_path) as kubeconfig:
        arguments = (
            f"--kubeconfig={kubeconfig}",
            f"--secure-port={free_port()}",
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
            f"--controllers={','.join(CONTROLLERS)}",
        )
        with running(tmp_path / "manager.log", str(KUBERNETES), "kube-controller-manager", *arguments):
            yield connect(kubeconfig)


def objects(kind: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(GUARDED.read_text()) if each and each["kind"] == kind]


def test_places_come_are_made_again_and_end(api: Api) -> None:
    for each in objects("PriorityClass"):
        api.create("/apis/scheduling.k8s.io/v1/priorityclasses", each)
    ((job),) = [each["spec"]["jobTemplate"] for each in objects("CronJob")]
    # What a CronJob makes at its hour; with fewer and for less long.
    spec = {**job["spec"], "parallelism": PLACES, "activeDeadlineSeconds": 60}
    api.create(JOBS, {"metadata": {**job["metadata"], "name": "evening"}, "spec": spec})
    wait_for(lambda: len(api.items(PODS)) == PLACES, "places")
    names = [pod["metadata"]["name"] for pod in api.items(PODS)]
    assert {pod["spec"]["priority"] for pod in api.items(PODS)} == {-10}

    # As the scheduler makes a pod give way.
    given_way = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}
    api.patch(f"{PODS}/{names[0]}/status", {"status": {"conditions": [given_way]}})
    api.delete(f"{PODS}/{names[0]}")

    def made_again() -> bool:
        found = [pod["metadata"]["name"] for pod in api.items(PODS)]
        return len(found) == PLACES and names[0] not in found

    wait_for(made_again, "a place that is made again")
    wait_for(lambda: not api.items(PODS), "the end")
    (ended,) = api.items(JOBS)
    assert "DeadlineExceeded" in {each["reason"] for each in ended["status"]["conditions"]}
