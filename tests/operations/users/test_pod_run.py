"""Waiting for the pod that changes names, and understanding how it ended."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any

import pytest

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.users import pod_run
from deployer.operations.users.pod_run import PodRun, StepFailed
from tests.operations.fake_api import FakeApi

PODS = "/api/v1/namespaces/demo/pods"
SECRETS = "/api/v1/namespaces/demo/secrets"
MANIFEST = {"metadata": {"name": "deployer-users"}, "spec": {}}


@dataclass
class Pods(FakeApi):
    """Gives a pod each of these states in turn."""

    states: tuple[dict[str, Any], ...] = ()
    plan: Any = None

    def get(self, path: str, **query: str) -> dict[str, Any]:
        found = super().get(path, **query)
        if path == f"{PODS}/deployer-users" and self.states:
            self.plan = super().get(f"{SECRETS}/deployer-users")["data"]["plan.json.gz"]
            found["status"], *rest = self.states
            self.states = tuple(rest)
        return found

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        states, self.states = self.states, ()
        made = super().create(path, body)
        self.states = states
        return made

    def text(self, path: str, **query: str) -> str:
        return super().text(f"{path}?{query['container']}")


def state(name: str, **of: Any) -> dict[str, Any]:
    return {"name": name, "state": of}


def run(api: Pods, told: list[str] | None = None) -> dict[str, dict[str, Any]]:
    begun = told if told is not None else []
    runner = PodRun(api=api.api, namespace="demo", interruption=Interruption(), on_step=begun.append)
    try:
        return runner.run(MANIFEST, {"pairs": [["ada", "bob"]]})
    finally:
        assert [path for path in api.objects if path.startswith((PODS, SECRETS))] == []


def test_steps_are_told_as_they_begin_and_their_results_as_they_end() -> None:
    waiting: dict[str, Any] = {"waiting": {}}
    running: dict[str, Any] = {"running": {}}
    good = {"terminated": {"exitCode": 0}}
    api = Pods(
        states=(
            {"phase": "Pending"},
            {"phase": "Pending", "initContainerStatuses": [state("one", **waiting)]},
            {"phase": "Pending", "initContainerStatuses": [state("one", **running)]},
            {
                "phase": "Succeeded",
                "initContainerStatuses": [state("one", **good)],
                "containerStatuses": [state("two", **good)],
            },
        ),
        texts={
            f"{PODS}/deployer-users/log?one": 'noise\nresult: {"homes": 2}\n',
            f"{PODS}/deployer-users/log?two": "result: {}\n",
        },
    )
    begun: list[str] = []
    assert run(api, begun) == {"one": {"homes": 2}, "two": {}}
    assert begun == ["one", "two"]
    assert json.loads(gzip.decompress(base64.b64decode(api.plan))) == {"pairs": [["ada", "bob"]]}


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ('result: {"conflicts": ["a and b"]}\n', "the step `one` failed\n  a and b"),
        ("Traceback\nOSError: no\n", "the step `one` failed\n  Traceback\n  OSError: no"),
        ("", "the step `one` failed"),
    ],
)
def test_a_step_that_fails_says_why(log: str, message: str) -> None:
    ended = [state("one", terminated={"exitCode": 1}), state("two", waiting={})]
    api = Pods(
        states=({"phase": "Failed", "initContainerStatuses": ended},),
        texts={f"{PODS}/deployer-users/log?one": log},
    )
    with pytest.raises(StepFailed) as caught:
        run(api)
    assert (caught.value.message, caught.value.step) == (message, "one")


def test_a_pod_that_does_not_start_says_what_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_run, "_START", -1)
    reason = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no room"}
    api = Pods(states=({"phase": "Pending", "conditions": [reason]},))
    with pytest.raises(StepFailed) as caught:
        run(api)
    assert (caught.value.message, caught.value.step) == ("pod deployer-users: Unschedulable: no room", None)


def test_what_a_killed_run_left_goes_first() -> None:
    good = [state("one", terminated={"exitCode": 0})]
    api = Pods(texts={f"{PODS}/deployer-users/log?one": "result: {}\n"})
    api.put(f"{PODS}/deployer-users", {})
    api.put(f"{SECRETS}/deployer-users", {})
    runner = PodRun(api=api.api, namespace="demo", interruption=Interruption(), on_step=lambda _name: None)
    runner._remove()
    assert api.objects == {}
    api.states = ({"phase": "Succeeded", "containerStatuses": good},)
    assert run(api) == {"one": {}}


def test_more_users_than_a_secret_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_run, "_LONGEST_PLAN", 10)
    with pytest.raises(DeployerError, match="too many users for one time"):
        run(Pods())
