"""The proof that a user can work on a hub: the check user's journey, and what is known when it fails."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.diagnosis import Diagnosis, Trouble, diagnose, pod_trouble
from deployer.operations.hub_access import hub_api
from deployer.operations.hub_pods import component_pod, user_pods
from deployer.operations.journey import JourneyFailed, Step, Traveller, recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Cluster, Hub
    from deployer.operations.access import Connection
    from deployer.session import Session
    from deployer.tools.kubernetes import Api

_LOOK_EVERY = 2.0
_HOPELESS = ("ErrImageNeverPull", "InvalidImageName")
_OF_THE_SERVER = ("start kernel", "run cells", "empty home")


@dataclass(frozen=True, kw_only=True)
class Result:
    """How the journey on one hub went. `url` is where people find the hub."""

    hub: str
    ok: bool
    steps: tuple[Step, ...]
    url: str
    error: str | None = None
    hint: str | None = None
    diagnosis: Diagnosis | None = None

    @property
    def seconds(self) -> float:
        """How long it took in all."""
        return sum(step.seconds for step in self.steps)


def check_all(
    session: Session, connection: Connection, cluster: Cluster, hubs: Sequence[Hub], *, jobs: int
) -> tuple[Result, ...]:
    """Check hubs of one cluster in parallel; return a result for each, in their order.

    Raises:
        Interrupted: the user asked to stop; every check user is gone.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        checks = [pool.submit(check, session, connection, cluster, hub) for hub in hubs]
        return tuple(each.result() for each in checks)


def check(session: Session, connection: Connection, cluster: Cluster, hub: Hub) -> Result:
    """Have the check user work on a hub, and remove it again however that went.

    Raises:
        Interrupted: the user asked to stop; the check user is gone.
    """
    session.interruption.check()
    steps: list[Step] = []
    watch = _Watch(api=connection.api, cluster=cluster.name, hub=hub)
    error: DeployerError | None = None
    try:
        _journey(session, connection, hub, watch, steps)
    except Interrupted:
        raise
    except DeployerError as caught:
        error = caught
    return Result(
        hub=hub.name,
        ok=error is None,
        steps=tuple(steps),
        url=f"https://{hub.domain}",
        error=error.message if error else None,
        hint=error.hint if error else None,
        diagnosis=watch.diagnosis if error else None,
    )


def _journey(session: Session, connection: Connection, hub: Hub, watch: _Watch, steps: list[Step]) -> None:
    with ExitStack() as stack:
        try:
            with recorded(session.progress, hub.name, "reach hub", steps):
                client = stack.enter_context(hub_api(connection, hub.namespace))
                client.version()
        except DeployerError as error:
            watch.explain("reach hub", error)
            raise
        traveller = Traveller(
            hub=client,
            api=connection.api,
            namespace=hub.namespace,
            check=hub.health,
            progress=session.progress,
            interruption=session.interruption,
            on_wait=watch.look,
            steps=steps,
        )
        try:
            traveller.travel()
        except DeployerError as error:
            if not isinstance(error, Interrupted):
                watch.explain(steps[-1].name, error)  # before the pod that failed is gone
            _tidy(session.interruption, traveller)
            raise


def _tidy(interruption: Interruption, traveller: Traveller) -> None:
    """Remove the check user after a failure; only an insistent user interrupts that."""
    firm = Interruption()

    def listen(_count: int) -> None:
        if interruption.forced:
            firm.request()

    with interruption.listening(listen):
        try:
            with traveller.step("clean up"):
                replace(traveller, interruption=firm).tidy()
        except DeployerError as error:
            traveller.note(f"user {traveller.user} is left over; the next check removes it: {error.message}")


@dataclass(kw_only=True)
class _Watch:
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
            self.diagnosis = self._diagnose(trouble)
        if trouble.reason in _HOPELESS:
            raise JourneyFailed(f"the server will not start: {trouble.line}")

    def explain(self, step: str, error: DeployerError) -> None:
        """Make a diagnosis of a step that failed, from the server's pod or else from the hub's."""
        if step == "start server" and self.diagnosis is not None:
            return
        pod = self._user_pod() if step in _OF_THE_SERVER else None
        name = None if pod else "hub"
        pod = pod or self._hub_pod()
        if pod is None:
            self.diagnosis = None
            return
        trouble = pod_trouble(pod) or Trouble(
            about=f"pod {pod['metadata']['name']}",
            reason=type(error).__name__,
            message=error.message,
            container=name or pod["spec"]["containers"][0]["name"],
        )
        self.diagnosis = self._diagnose(trouble)

    def _diagnose(self, trouble: Trouble) -> Diagnosis:
        return diagnose(self.api, self.hub.namespace, trouble, cluster=self.cluster)

    def _user_pod(self) -> dict[str, Any] | None:
        with suppress(DeployerError):
            return user_pods(self.api, self.hub.namespace).get(self.hub.health.user)
        return None

    def _hub_pod(self) -> dict[str, Any] | None:
        with suppress(DeployerError):
            return component_pod(self.api, self.hub.namespace, "hub")
        return None
