"""Watching a release come up, and giving up early when it will not."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.interruption import Interruption
from deployer.operations.deploy import rollout
from deployer.operations.deploy.rollout import RolloutFailed
from tests.operations.fake_api import FakeApi

APPS = "/apis/apps/v1/namespaces/demo/deployments"
SETS = "/apis/apps/v1/namespaces/demo/replicasets"
REVISION = "deployment.kubernetes.io/revision"
SEEN = {"observedGeneration": 2}
PODS = "/api/v1/namespaces/demo/pods"
UP = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}


def deployment(
    fake: FakeApi,
    status: dict[str, Any],
    *,
    release: str = "demo",
    name: str = "hub",
    labels: dict[str, str] | None = None,
) -> None:
    body = {
        "metadata": {
            "generation": 2,
            "annotations": {"meta.helm.sh/release-name": release, REVISION: "2"},
            "labels": labels or {},
        },
        "spec": {"replicas": 1},
        "status": status,
    }
    fake.put(f"{APPS}/{name}", body)
    for revision, ending in (("1", "old"), ("2", "new")):
        owned = {"annotations": {REVISION: revision}, "ownerReferences": [{"name": name}]}
        fake.put(f"{SETS}/{name}-{ending}", {"metadata": owned})


def pod(fake: FakeApi, name: str, owner: str | None, container: dict[str, Any]) -> None:
    owners = [{"name": owner}] if owner else []
    status = {"phase": "Pending", "containerStatuses": [{"name": "hub", **container}]}
    fake.put(f"{PODS}/{name}", {"metadata": {"ownerReferences": owners}, "status": status})


def watch(fake: FakeApi, timeout: float = 0.3) -> list[str]:
    notes: list[str] = []
    rollout.watch(
        fake.api,
        "demo",
        "demo",
        cluster="local",
        timeout=timeout,
        interruption=Interruption(),
        note=notes.append,
    )
    return notes


def test_a_release_that_is_up_is_not_waited_for() -> None:
    fake = FakeApi()
    deployment(fake, UP)
    assert watch(fake) == []


def test_another_releases_workloads_do_not_count() -> None:
    fake = FakeApi()
    deployment(fake, UP)
    deployment(fake, {}, release="other", name="else")
    assert watch(fake) == []


@pytest.mark.parametrize(
    "status",
    [
        UP | {"observedGeneration": 1},
        UP | {"updatedReplicas": 0},
        UP | {"replicas": 2},
        UP | {"availableReplicas": 0},
        {},
    ],
    ids=["not seen yet", "old pods", "old pods still there", "not available", "nothing yet"],
)
def test_a_release_that_is_not_quite_up_fails_at_the_timeout(status: dict[str, Any]) -> None:
    fake = FakeApi()
    deployment(fake, status)
    with pytest.raises(RolloutFailed, match=r"not up after 0.3 s: deployment hub"):
        watch(fake)


def test_an_image_that_can_never_be_pulled_ends_the_wait_at_once() -> None:
    fake = FakeApi()
    deployment(fake, SEEN)
    pod(fake, "hub-new-1", "hub-new", {"state": {"waiting": {"reason": "ErrImageNeverPull"}}})
    with pytest.raises(RolloutFailed, match="will not come up") as caught:
        watch(fake, timeout=3600)
    assert caught.value.diagnosis
    assert caught.value.diagnosis.trouble.reason == "ErrImageNeverPull"


def test_a_container_that_keeps_crashing_ends_the_wait() -> None:
    fake = FakeApi()
    deployment(fake, SEEN)
    crash = {
        "restartCount": 3,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1}},
    }
    pod(fake, "hub-new-1", "hub-new", crash)
    with pytest.raises(RolloutFailed, match="will not come up"):
        watch(fake, timeout=3600)


def test_a_pod_that_is_being_replaced_says_nothing_about_the_new_one() -> None:
    fake = FakeApi()
    deployment(fake, SEEN)
    pod(fake, "hub-old-1", "hub-old", {"state": {"waiting": {"reason": "ErrImageNeverPull"}}})
    with pytest.raises(RolloutFailed, match="not up after") as caught:
        watch(fake)
    assert caught.value.diagnosis is None


def test_pods_count_only_once_the_new_version_was_seen() -> None:
    fake = FakeApi()
    deployment(fake, {"observedGeneration": 1})
    pod(fake, "hub-new-1", "hub-new", {"state": {"waiting": {"reason": "ErrImageNeverPull"}}})
    with pytest.raises(RolloutFailed, match="not up after"):
        watch(fake)


def test_placeholders_that_wait_for_room_gate_nothing() -> None:
    fake = FakeApi()
    deployment(fake, {}, name="user-placeholder", labels={"component": "user-placeholder"})
    assert watch(fake) == []


def test_a_users_broken_server_is_not_the_releases_trouble() -> None:
    fake = FakeApi()
    deployment(fake, SEEN)
    pod(fake, "jupyter-ada", None, {"state": {"waiting": {"reason": "ErrImageNeverPull"}}})
    with pytest.raises(RolloutFailed, match="not up after") as caught:
        watch(fake)
    assert caught.value.diagnosis is None


def test_a_workload_whose_pods_are_refused_says_so() -> None:
    fake = FakeApi()
    refused = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: cpu"}
    deployment(fake, {"conditions": [refused]})
    with pytest.raises(RolloutFailed) as caught:
        watch(fake)
    assert caught.value.diagnosis
    assert caught.value.diagnosis.trouble.line == "deployment hub: NotCreated: exceeded quota: cpu"


def test_each_trouble_is_told_once() -> None:
    fake = FakeApi()
    deployment(fake, SEEN)
    pod(fake, "hub-new-1", "hub-new", {"state": {"waiting": {"reason": "ErrImagePull", "message": "m"}}})
    notes: list[str] = []
    with pytest.raises(RolloutFailed):
        rollout.watch(
            fake.api,
            "demo",
            "demo",
            cluster="local",
            timeout=1,
            interruption=Interruption(),
            note=notes.append,
        )
    assert notes == ["pod hub-new-1 (hub): ErrImagePull: m"]
