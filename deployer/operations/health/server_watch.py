"""What keeps the check user's server from starting, and the diagnosis of any step that failed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.diagnosis import Diagnosis, Trouble, diagnose, pod_trouble
from deployer.operations.health.patience import JourneyFailed
from deployer.operations.hub_pods import component_pod, user_pods

if TYPE_CHECKING:
    from deployer.fleet.model import Hub
    from deployer.tools.kubernetes import Api

_LOOK_EVERY = 2.0
_HOPELESS = ("ErrImageNeverPull", "InvalidImageName")
# The kinds of errors on a journey whose pods are up → what they mostly mean.
_CAUSES = {
    "Refused": "JupyterHub could not do what it was asked; its log says why",
    "Unanswered": "the program in the pod ended or hangs, or the way to it broke",
    "KernelDied": "the server needs more memory than its limit, or the image's kernel is broken",
    "JourneyFailed": "the program in the pod does not do what it should; its log may say why",
    "ForwardFailed": "the hub's proxy is not running, or ports may not be forwarded with these credentials",
}
_OF_THE_SERVER = ("start kernel", "run cells", "empty home")


@dataclass(kw_only=True)
class ServerWatch:
    """Looks at the check user's pod while its server starts, for the hub deletes a pod that failed."""

    api: Api
    cluster: str
    hub: Hub
    diagnosis: Diagnosis | None = None
    _looked: float = 0.0

    def look(self) -> None:
        """Remember what is wrong with the pod now; raise when it will never start."""
        if time.monotonic() - self._looked < _LOOK_EVERY:
            return
        self._looked = time.monotonic()
        pod = self._user_pod()
        trouble = pod_trouble(pod) if pod else None
        if trouble is None or trouble.reason == "NotReady":
            return
        if self.diagnosis is None or self.diagnosis.trouble != trouble:
            self.diagnosis = self._of_the_server(trouble)
        if trouble.reason in _HOPELESS:
            raise JourneyFailed(f"the server will not start: {trouble.line}")

    def explain(self, step: str, error: DeployerError) -> None:
        """Make a diagnosis of a step that failed, from the server's pod or else from the hub's."""
        if step == "start server" and self.diagnosis is not None:
            return
        self.diagnosis = None
        server = self._user_pod() if step in _OF_THE_SERVER else None
        hub = self._hub_pod()
        if server:
            self.diagnosis = self._of_the_server(pod_trouble(server) or _trouble(server, error))
        elif hub:
            self.diagnosis = self._of_the_hub(pod_trouble(hub), _trouble(hub, error))

    def _of_the_server(self, trouble: Trouble) -> Diagnosis:
        # Its pod is gone when somebody types the next command; the hub's log keeps what became of it.
        return replace(self._diagnose(trouble), next_command=self._hub_log)

    def _of_the_hub(self, trouble: Trouble | None, otherwise: Trouble) -> Diagnosis:
        if trouble:
            return self._diagnose(trouble)
        return replace(self._diagnose(otherwise), next_command=self._hub_log)

    def _diagnose(self, trouble: Trouble) -> Diagnosis:
        diagnosis = diagnose(self.api, self.hub.namespace, trouble, cluster=self.cluster)
        return replace(diagnosis, cause=_CAUSES.get(trouble.reason, diagnosis.cause))

    @property
    def _hub_log(self) -> str:
        return f"deployer logs {self.cluster} {self.hub.name} hub"

    def _user_pod(self) -> dict[str, Any] | None:
        with suppress(DeployerError):
            return user_pods(self.api, self.hub.namespace).get(self.hub.health.user)
        return None

    def _hub_pod(self) -> dict[str, Any] | None:
        with suppress(DeployerError):
            return component_pod(self.api, self.hub.namespace, "hub")
        return None


def _trouble(pod: dict[str, Any], error: DeployerError) -> Trouble:
    """Return the trouble with a pod that is up, but whose program does not do what it should."""
    return Trouble(
        about=f"pod {pod['metadata']['name']}",
        reason=type(error).__name__,
        message=error.message,
        container=pod["spec"]["containers"][0]["name"],
    )
