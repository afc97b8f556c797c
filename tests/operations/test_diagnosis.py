"""Why pods do not come up, in words."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.operations.diagnosis import Trouble, diagnose, pod_trouble
from tests.operations.fake_api import FakeApi


def pod(*containers: dict[str, Any], phase: str = "Pending", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "hub-1"},
        "status": {"phase": phase, "containerStatuses": list(containers), **status},
    }


def waiting(reason: str, **more: Any) -> dict[str, Any]:
    return {"name": "hub", "ready": False, "state": {"waiting": {"reason": reason, "message": "m"}}, **more}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (pod(waiting("ContainerCreating")), None),
        (pod({"name": "hub", "ready": True, "state": {"running": {}}}, phase="Running"), None),
        (
            pod(waiting("ImagePullBackOff")),
            Trouble(about="pod hub-1", reason="ImagePullBackOff", message="m", container="hub"),
        ),
        (
            pod(
                waiting(
                    "CrashLoopBackOff",
                    restartCount=4,
                    lastState={"terminated": {"exitCode": 1, "reason": "Error"}},
                )
            ),
            Trouble(
                about="pod hub-1",
                reason="CrashLoopBackOff",
                message="exit code 1, 4 restarts",
                container="hub",
                restarts=4,
            ),
        ),
        (
            pod(
                waiting(
                    "CrashLoopBackOff",
                    restartCount=2,
                    lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                )
            ),
            Trouble(
                about="pod hub-1",
                reason="OOMKilled",
                message="exit code 137, 2 restarts",
                container="hub",
                restarts=2,
            ),
        ),
        (
            pod(
                conditions=[
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": "Unschedulable",
                        "message": "pod has unbound immediate PersistentVolumeClaims",
                    }
                ]
            ),
            Trouble(
                about="pod hub-1",
                reason="UnboundVolume",
                message="pod has unbound immediate PersistentVolumeClaims",
            ),
        ),
        (
            pod({"name": "hub", "ready": False, "state": {"running": {}}}, phase="Running"),
            Trouble(about="pod hub-1", reason="NotReady", message="", container="hub"),
        ),
    ],
    ids=["creating", "running", "image", "crash", "memory", "volume", "probe"],
)
def test_trouble_of_a_pod(given: dict[str, Any], expected: Trouble | None) -> None:
    assert pod_trouble(given) == expected


def test_a_diagnosis_tells_pod_reason_cause_events_log_and_next_command() -> None:
    fake = FakeApi()
    namespace = "/api/v1/namespaces/demo"
    fake.put(
        f"{namespace}/events/e1",
        {"type": "Warning", "reason": "BackOff", "message": "restarting", "lastTimestamp": "2026-01-01"},
    )
    fake.texts[f"{namespace}/pods/hub-1/log"] = "starting\nNameError: c\n"
    trouble = Trouble(
        about="pod hub-1", reason="CrashLoopBackOff", message="exit code 1", container="hub", restarts=3
    )

    assert list(diagnose(fake.api, "demo", trouble, cluster="local").lines()) == [
        "pod hub-1 (hub): CrashLoopBackOff: exit code 1",
        "likely cause: the program in the container ends with an error; its log says why",
        "events:",
        "  BackOff: restarting",
        "last log lines:",
        "  starting",
        "  NameError: c",
        "next: deployer shell local -- kubectl --namespace demo logs hub-1 --container hub",
    ]


def test_a_diagnosis_does_without_what_cannot_be_read() -> None:
    trouble = Trouble(about="pod hub-1", reason="ErrImagePull", message="no such tag", container="hub")
    found = diagnose(FakeApi().api, "demo", trouble, cluster="local")
    assert (found.events, found.log) == ((), ())


def test_a_redacted_diagnosis_shows_no_secret_that_a_program_logged() -> None:
    fake = FakeApi()
    fake.texts["/api/v1/namespaces/demo/pods/hub-1/log"] = "cannot log in with hunter22\n"
    trouble = Trouble(about="pod hub-1", reason="Error", message="hunter22?", container="hub")
    found = diagnose(fake.api, "demo", trouble, cluster="local").redacted(["hunter22"])
    assert "hunter22" not in "\n".join(found.lines())
    assert "cannot log in with [redacted]" in "\n".join(found.lines())
