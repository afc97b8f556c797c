"""Running the pod that changes names or archives homes, to its end, and telling what became of each step."""

from __future__ import annotations

import base64
import gzip
import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.diagnosis import pod_trouble
from deployer.operations.health.patience import Patience
from deployer.operations.users import programs
from deployer.operations.users.pod import NAME, PLAN_KEY
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deployer.tools.kubernetes import Api

_LONGEST_PLAN = 900_000
"""Bytes: a Secret takes a MiB in all."""
_START = 300
"""Seconds for a node to take the pod and for volumes to be mounted."""
_GONE = 120
_SHOWN_LINES = 10


class StepFailed(DeployerError):
    """A step did not end well. `step` is its name, None when the pod did not come to any."""

    def __init__(self, message: str, *, step: str | None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.step = step


@dataclass(frozen=True, kw_only=True)
class PodRun:
    """Where the pod runs and who is told. `on_step` is told the name of each step that begins."""

    api: Api
    namespace: str
    interruption: Interruption
    on_step: Callable[[str], None]

    def run(self, manifest: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Carry out a pod's steps; return what each told, by its name.

        The pod and its plan are gone afterwards, however that went; what an earlier run that was killed
        left of them goes first.

        Raises:
            StepFailed: a step failed, or the pod did not start.
            Interrupted: the user asked to stop, and the pod has ended.
        """
        self._remove()
        with self._plan(plan):
            self.api.create(f"/api/v1/namespaces/{self.namespace}/pods", manifest)
            try:
                pod = self._ended()
                return self._told(pod)
            finally:
                self._remove_pod()

    @contextmanager
    def _plan(self, plan: Mapping[str, Any]) -> Iterator[None]:
        packed = gzip.compress(json.dumps(plan).encode())
        if len(packed) > _LONGEST_PLAN:
            raise DeployerError(
                "too many users for one time", hint="give a table of some of them, then of the others"
            )
        data = {PLAN_KEY: base64.b64encode(packed).decode()}
        self.api.create(
            f"/api/v1/namespaces/{self.namespace}/secrets",
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": NAME},
                "type": "Opaque",
                "data": data,
            },
        )
        try:
            yield
        finally:
            self._remove_plan()

    def _ended(self) -> dict[str, Any]:
        patience = Patience(
            interruption=self.interruption, what="waiting for the pod that does it", seconds=_START
        )
        told: list[str] = []
        while True:
            pod = self.api.get(self._pod)
            begun = [state["name"] for state in _states(pod) if "waiting" not in state["state"]]
            for name in begun[len(told) :]:
                self.on_step(name)
            told = begun
            if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
                return pod
            if begun:  # from here on it takes as long as it takes: there may be many homes
                self.interruption.sleep(1)
                continue
            try:
                patience.sleep()
            except DeployerError as error:
                self.interruption.check()
                trouble = pod_trouble(pod)
                raise StepFailed(trouble.line if trouble else error.message, step=None) from error

    def _told(self, pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
        results = {}
        for state in _states(pod):
            name = state["name"]
            output = self.api.text(f"{self._pod}/log", container=name)
            results[name] = programs.told(output)
            ended = state["state"].get("terminated")
            if ended is None or ended["exitCode"] != 0 or not output:
                raise StepFailed(_explained(name, results[name], output), step=name)
        return results

    @property
    def _pod(self) -> str:
        return f"/api/v1/namespaces/{self.namespace}/pods/{NAME}"

    def _remove(self) -> None:
        self._remove_pod()
        self._remove_plan()

    def _remove_plan(self) -> None:
        with suppress(NotFound):
            self.api.delete(f"/api/v1/namespaces/{self.namespace}/secrets/{NAME}")

    def _remove_pod(self) -> None:
        """Remove the pod and wait until it is gone: nobody may begin anew beside it."""
        with suppress(NotFound):
            self.api.delete(self._pod)
        patience = Patience(
            interruption=Interruption(), what="waiting for the pod that does it to go", seconds=_GONE
        )
        with suppress(NotFound):
            while self.api.get(self._pod):
                patience.sleep()


def _states(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]


def _explained(step: str, told: Mapping[str, Any], output: str) -> str:
    lines = told.get("conflicts") or output.strip().splitlines()[-_SHOWN_LINES:]
    return "\n".join([f"the step `{step}` failed", *(f"  {line}" for line in lines)])
