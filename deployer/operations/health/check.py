"""The proof that a user can work on a hub: the check user's journey, and what is known when it fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.deploy import lease
from deployer.operations.health.hub_access import hub_api, public_url
from deployer.operations.health.journey import REMOVAL, Step, Traveller, recorded
from deployer.operations.health.patience import Patience
from deployer.operations.health.server_watch import ServerWatch
from deployer.tools.jupyterhub import Refused
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Cluster, Hub
    from deployer.operations.access import Connection
    from deployer.operations.diagnosis import Diagnosis
    from deployer.session import Session
    from deployer.tools.jupyterhub import HubApi


@dataclass(frozen=True, kw_only=True)
class Result:
    """How the journey on one hub went. `url` is where people find the hub, if the cluster tells."""

    hub: str
    ok: bool
    steps: tuple[Step, ...]
    url: str | None = None
    error: str | None = None
    hint: str | None = None
    diagnosis: Diagnosis | None = None

    @property
    def seconds(self) -> float:
        """How long it took in all."""
        return sum(step.seconds for step in self.steps)

    def summary(self) -> dict[str, Any]:
        """Return it as plain data (health.schema.json)."""
        diagnosis = list(self.diagnosis.lines()) if self.diagnosis else None
        return {**asdict(self), "seconds": self.seconds, "diagnosis": diagnosis}


def check_all(
    session: Session, connection: Connection, cluster: Cluster, hubs: Sequence[Hub], *, jobs: int
) -> tuple[Result, ...]:
    """Check hubs of one cluster in parallel; return a result for each, in their order.

    Each hub's Lease is held meanwhile: two checks of one hub would remove each other's user, and a check of
    a hub that is being deployed says nothing.

    Raises:
        Interrupted: the user asked to stop; every check user is gone.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        checks = [pool.submit(_check_alone, session, connection, cluster, hub) for hub in hubs]
        return tuple(each.result() for each in checks)


def check(
    session: Session,
    connection: Connection,
    cluster: Cluster,
    hub: Hub,
    *,
    interruption: Interruption | None = None,
) -> Result:
    """Have the check user work on a hub, and remove it again however that went.

    The caller holds the hub's Lease. `interruption` is heard in place of the session's own.

    Raises:
        Interrupted: the user asked to stop; the check user is gone.
    """
    session = replace(session, interruption=interruption or session.interruption)
    session.interruption.check()
    steps: list[Step] = []
    watch = ServerWatch(api=connection.api, cluster=cluster.name, hub=hub)
    error: DeployerError | None = None
    try:
        _journey(session, connection, hub, watch, steps)
    except Interrupted:
        raise
    except DeployerError as caught:
        error = caught
    result = _result(hub, steps, error, watch.diagnosis if error else None)
    with suppress(DeployerError):
        result = replace(result, url=public_url(connection.api, hub.namespace))
    return result


def _check_alone(session: Session, connection: Connection, cluster: Cluster, hub: Hub) -> Result:
    interruption = Interruption()
    try:
        connection.api.get(f"/api/v1/namespaces/{hub.namespace}")
        with (
            session.interruption.listening(lambda _count: interruption.request()),
            lease.held(
                connection.api,
                hub.namespace,
                interruption=interruption,
                wait=hub.health.timeout,
                on_wait=lambda holder: session.progress.noted(
                    hub.name, f"waiting: {holder.identity} works on it since {holder.since}"
                ),
                on_takeover=lambda _holder: None,
                on_lost=interruption.request,
            ),
        ):
            return check(session, connection, cluster, hub, interruption=interruption)
    except Interrupted:
        session.interruption.check()
        return _result(hub, (), DeployerError(f"{hub.name}: the Lease was lost while checking"))
    except NotFound:
        deploy = f"deployer deploy {cluster.name} {hub.name}"
        return _result(hub, (), DeployerError(f"{hub.name}: not deployed", hint=f"run `{deploy}`"))
    except DeployerError as error:
        return _result(hub, (), error)


def _result(
    hub: Hub, steps: Sequence[Step], error: DeployerError | None, diagnosis: Diagnosis | None = None
) -> Result:
    return Result(
        hub=hub.name,
        ok=error is None,
        steps=tuple(steps),
        error=error.message if error else None,
        hint=error.hint if error else None,
        diagnosis=diagnosis,
    )


def _journey(
    session: Session, connection: Connection, hub: Hub, watch: ServerWatch, steps: list[Step]
) -> None:
    with ExitStack() as stack:
        try:
            with recorded(session.progress, hub.name, "reach hub", steps):
                client = stack.enter_context(hub_api(connection, hub.namespace))
                _await_answer(client, session.interruption)
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
            interrupted = isinstance(error, Interrupted)
            if not interrupted:
                watch.explain(steps[-1].name, error)  # before the pod that failed is gone
            if interrupted or steps[-1].name != REMOVAL:
                _tidy(session.interruption, traveller)
            raise


def _await_answer(client: HubApi, interruption: Interruption) -> None:
    """Wait while the proxy knows no hub, as it may for a moment when both have just come up."""
    patience = Patience(interruption=interruption, what="waiting for the hub behind its proxy", seconds=60)
    while True:
        try:
            client.version()
        except Refused as refused:
            if refused.status != 503:
                raise
        else:
            return
        patience.sleep()


def _tidy(interruption: Interruption, traveller: Traveller) -> None:
    """Remove the check user after a failure; only an insistent user interrupts that."""
    firm = Interruption()

    def listen(_count: int) -> None:
        if interruption.forced:
            firm.request()

    with interruption.listening(listen):
        try:
            firmly = replace(traveller, interruption=firm)
            with firmly.step("clean up"):
                firmly.tidy()
        except DeployerError as error:
            traveller.note(f"user {traveller.user} is left over; the next check removes it: {error.message}")
