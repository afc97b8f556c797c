"""One hub's upgrade: everything that happens between taking its Lease and giving it back.

A revision is *good* when its rollout and the check user's journey passed; Helm's own `deployed` only means
that the API server took the objects. When anything fails, the release goes back to the last good revision.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.deploy import lease, releases, rollout
from deployer.operations.health import check as health
from deployer.operations.refusals import in_short
from deployer.operations.render import rendered
from deployer.progress import step
from deployer.tools.kubernetes import ensure_namespace
from deployer.tools.process import programs
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.access import Connection
    from deployer.operations.deploy.lease import Lease
    from deployer.operations.diagnosis import Diagnosis
    from deployer.operations.render import Rendered
    from deployer.session import Session
    from deployer.tools.helm import Helm


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to deploy. Times are in seconds: `timeout` for a hub to come up, `wait` for another's Lease."""

    timeout: float = 600
    wait: float = 600
    jobs: int = 8
    check_health: bool = True
    roll_back: bool = True


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """One hub's upgrade, with all that it needs. `home` is a private directory for Helm."""

    session: Session
    fleet: Fleet
    cluster: Cluster
    hub: Hub
    connection: Connection
    helm: Helm
    home: Path
    options: Options
    secrets: Collection[str] = field(default=(), repr=False)

    def note(self, text: str) -> None:
        """Tell the user something about this hub, but no secret of it."""
        self.session.progress.noted(self.hub.name, redact(text, self.secrets))


class Unhealthy(DeployerError):
    """The hub came up, but the check user could not work on it."""

    def __init__(self, result: health.Result) -> None:
        super().__init__(result.error or "the check user could not work", hint=result.hint)
        self.diagnosis = result.diagnosis


class UpgradeFailed(DeployerError):
    """An upgrade failed. `revision` is what the hub runs now, `rolled_back` whether it went back to it."""

    def __init__(
        self, work: Upgrade, error: DeployerError, *, revision: int | None, rolled_back: bool = False
    ) -> None:
        super().__init__(redact(error.message, work.secrets), hint=error.hint)
        self.revision = revision
        self.rolled_back = rolled_back
        diagnosis: Diagnosis | None = getattr(error, "diagnosis", None)
        # A program that crashes may well write the secret that it could not use into its log.
        self.diagnosis = diagnosis.redacted(work.secrets) if diagnosis else None


def upgrade(work: Upgrade) -> int:
    """Upgrade a hub, check it, and return the number of its new, good revision.

    Raises:
        UpgradeFailed: it did not come up or is not healthy; the message says what was done about it.
        Interrupted, LeaseHeld, LeaseLost: as the names say.
    """
    api, namespace, user = work.connection.api, work.hub.namespace, work.session.interruption
    user.check()
    # First of all, so that a file that cannot be decrypted leaves nothing behind.
    with step(work.session.progress, work.hub.name, "render values"):
        wanted = rendered(work.session, work.fleet, work.cluster, work.hub, decrypt=True)
    ensure_namespace(api, namespace)
    # It hears the user's interruption, and a Lease that was lost stops this hub alone.
    interruption = Interruption()
    session = replace(work.session, interruption=interruption)
    work = replace(work, session=session, secrets=wanted.secrets)
    with (
        user.listening(lambda _count: interruption.request()),
        lease.held(
            api,
            namespace,
            interruption=interruption,
            wait=work.options.wait,
            on_wait=lambda holder: work.note(f"waiting: {holder.identity} works on it since {holder.since}"),
            on_takeover=lambda holder: work.note(
                f"took over the dead Lease of {holder.identity}, held since {holder.since}"
            ),
            on_lost=interruption.request,
        ) as held,
    ):
        _recover(work)
        before = _newest(work)
        try:
            number = _apply(work, held, wanted)
        except Interrupted:
            with suppress(DeployerError):  # a cluster that is away has nothing to tell
                _tell_where_it_stands(work, held)
            raise
        except DeployerError as error:
            raise _failed(work, held, before, error) from error
        _remember(work, held, number, good=work.options.check_health)
        return number


def _apply(work: Upgrade, held: Lease, wanted: Rendered) -> int:
    """Upgrade, watch it come up, run the journey; return the revision's number."""
    progress, hub = work.session.progress, work.hub
    told = in_short(work.fleet.root, work.cluster, wanted)
    with step(progress, hub.name, "upgrade release"), told:
        _helm(work).upgrade(
            wanted.chart.path,
            release=hub.name,
            namespace=hub.namespace,
            values=wanted.values_for_helm,
            timeout=work.options.timeout,
            description=f"deployed by {held.identity}",
            secrets=wanted.secrets,
            home=work.home,
            kubeconfig=work.connection.kubeconfig,
        )
    number = _newest(work)
    with step(progress, hub.name, "roll out"):
        _watch(work)
    if work.options.check_health:
        result = health.check(work.session, work.connection, work.cluster, hub)
        if not result.ok:
            raise Unhealthy(result)
    return number


def _recover(work: Upgrade) -> None:
    api, namespace = work.connection.api, work.hub.namespace
    for revision in releases.revisions(api, namespace, work.hub.name):
        if revision.status in releases.PENDING and releases.recover(api, namespace, revision):
            work.note(
                f"revision {revision.number} was left {revision.status} by a killed deploy: marked it failed"
            )


def _remember(work: Upgrade, held: Lease, number: int, *, good: bool) -> None:
    """Note a good revision and delete old ones; the hub is well even when that fails."""
    try:
        if good:
            held.add_good_revision(number)
        releases.prune(work.connection.api, work.hub.namespace, work.hub.name, good=held.good_revisions())
    except DeployerError as error:
        work.note(f"revision {number} could not be recorded as good: {error.message}")


def _failed(work: Upgrade, held: Lease, before: int, error: DeployerError) -> UpgradeFailed:
    """Go back to the last good revision where that is possible, and return what to raise."""
    newest: int | None = None
    try:
        newest = _newest(work)
        if newest == before:
            work.note("nothing was changed")
            return UpgradeFailed(work, error, revision=before or None)
        good = _good_to_go_back_to(work, held, newest)
        if good is None or not work.options.roll_back:
            return UpgradeFailed(work, error, revision=newest)
        number = _roll_back(work, good)
    except Interrupted:
        with suppress(DeployerError):
            _tell_where_it_stands(work, held)
        raise
    except DeployerError as second:
        work.note(f"the rollback failed too: {second.message}")
        return UpgradeFailed(work, error, revision=newest)
    _remember(work, held, number, good=True)
    return UpgradeFailed(work, error, revision=number, rolled_back=True)


def _roll_back(work: Upgrade, good: int) -> int:
    """Make a good revision the current one again, as a new revision; return that one's number."""
    with step(work.session.progress, work.hub.name, f"roll back to revision {good}"):
        _helm(work).rollback(
            work.hub.name,
            good,
            namespace=work.hub.namespace,
            secrets=work.secrets,
            timeout=work.options.timeout,
            home=work.home,
            kubeconfig=work.connection.kubeconfig,
        )
        _watch(work)
    return _newest(work)


def _good_to_go_back_to(work: Upgrade, held: Lease, newest: int) -> int | None:
    api, namespace = work.connection.api, work.hub.namespace
    kept = {revision.number: revision for revision in releases.revisions(api, namespace, work.hub.name)}
    good = [number for number in held.good_revisions() if number in kept and number != newest]
    if not good:
        work.note("there is no good revision to go back to; the release stays as it is, to be looked at")
        return None
    old, new = (
        releases.jupyterhub_major(releases.read(api, namespace, kept[number]))
        for number in (good[-1], newest)
    )
    if old != new:
        work.note(
            f"not rolled back: the hub's database is of jupyterhub chart {new}.x now, revision {good[-1]} of "
            f"{old}.x; restore a copy of the database first"
        )
        return None
    return good[-1]


def _tell_where_it_stands(work: Upgrade, held: Lease) -> None:
    api, namespace = work.connection.api, work.hub.namespace
    newest = releases.revisions(api, namespace, work.hub.name)[-1:]
    good = held.good_revisions()
    for revision in newest:
        last = f"; the last good one is {good[-1]}" if good else ""
        work.note(
            f"interrupted at revision {revision.number} ({revision.status}){last}; deploy again to finish"
        )


def _newest(work: Upgrade) -> int:
    numbers = releases.revisions(work.connection.api, work.hub.namespace, work.hub.name)
    return numbers[-1].number if numbers else 0


def _watch(work: Upgrade) -> None:
    rollout.watch(
        work.connection.api,
        work.hub.namespace,
        work.hub.name,
        cluster=work.cluster.name,
        timeout=work.options.timeout,
        interruption=work.session.interruption,
        note=work.note,
    )


def _helm(work: Upgrade) -> Helm:
    return work.helm.with_runner(programs(work.session))
