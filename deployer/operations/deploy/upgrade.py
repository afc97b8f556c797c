"""One hub's upgrade: everything that happens between taking its Lease and giving it back.

A revision is *good* when its rollout and the check user's journey passed; Helm's own `deployed` only means
that the API server took the objects. When anything fails, the release goes back to the last good revision.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.model import Hub
from deployer.interruption import Interruption
from deployer.operations.deploy import definitions, hub_tokens, lease, namespaces, releases, rollout
from deployer.operations.deploy.left_alone import FOREIGN, left_alone
from deployer.operations.deploy.outcome import Unhealthy, Upgraded, UpgradeFailed
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

    from deployer.fleet.model import Cluster, Fleet, Installed
    from deployer.operations.access import Connection
    from deployer.operations.deploy.lease import Lease
    from deployer.operations.render import Rendered
    from deployer.session import Session
    from deployer.tools.helm import Helm


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to deploy. Times are in seconds: `timeout` for a hub to come up, `wait` for another's Lease.

    With `override_freeze`, windows in which nothing is to be deployed are not heeded.
    """

    timeout: float = 600
    wait: float = 600
    jobs: int = 8
    check_health: bool = True
    roll_back: bool = True
    override_freeze: bool = False


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """The upgrade of one release, with all that it needs. `home` is a private directory for Helm.

    With `only_if_changed`, a release that runs just as it is wanted is left alone, and somebody else's too.
    """

    session: Session
    fleet: Fleet
    cluster: Cluster
    owner: Installed
    connection: Connection
    helm: Helm
    home: Path
    options: Options
    only_if_changed: bool = False
    secrets: Collection[str] = field(default=(), repr=False)

    def note(self, text: str) -> None:
        """Tell the user something about this release, but no secret of it."""
        self.session.progress.noted(self.owner.name, redact(text, self.secrets))


def upgrade(work: Upgrade) -> Upgraded:
    """Upgrade a release, check it, and return the number of its new, good revision.

    Raises:
        UpgradeFailed: it did not come up or is not healthy; the message says what was done about it.
        Interrupted, LeaseHeld, LeaseLost: as the names say.
    """
    api, namespace, user = work.connection.api, work.owner.namespace, work.session.interruption
    user.check()
    # First of all, so that a file that cannot be decrypted leaves nothing behind.
    with step(work.session.progress, work.owner.name, "render values"):
        wanted = rendered(work.session, work.fleet, work.cluster, work.owner, decrypt=True)
    if alone := _left_alone(work, wanted):
        return alone
    ensure_namespace(api, namespace)
    # It hears the user's interruption, and a Lease that was lost stops this release alone.
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
        # Another deploy may have done it while we waited.
        if alone := _left_alone(work, wanted):
            return alone
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
        # What runs for all hubs has no journey of its own.
        good = work.options.check_health or not isinstance(work.owner, Hub)
        _remember(work, held, number, good=good, chart=wanted.chart.content)
        if isinstance(work.owner, Hub):
            hub_tokens.share(work, [work.owner])
        return Upgraded(revision=number)


def _left_alone(work: Upgrade, wanted: Rendered) -> Upgraded | None:
    """Return how it stands when nothing is to be done."""
    found = left_alone(work.connection.api, wanted) if work.only_if_changed else None
    if found is None:
        return None
    if found.why == FOREIGN:
        deploy = f"`deployer deploy {work.cluster.name} --support"
        work.note(
            "there is a release of this name that was not deployed by us: left alone; "
            f"look at {deploy} --dry-run`, then {deploy}` makes it ours"
        )
    return Upgraded(revision=found.revision, left_alone=found.why)


def _apply(work: Upgrade, held: Lease, wanted: Rendered) -> int:
    """Upgrade, watch it come up, run the journey; return the revision's number."""
    progress, owner = work.session.progress, work.owner
    if not isinstance(owner, Hub):
        hub_tokens.share(work, work.cluster.hubs)
    definitions.apply(work, wanted)
    namespaces.label(work, wanted.merged.values)
    told = in_short(work.fleet.root, work.cluster, wanted)
    with step(progress, owner.name, "upgrade release"), told:
        _helm(work).upgrade(
            wanted.chart.path,
            release=owner.name,
            namespace=owner.namespace,
            values=wanted.values_for_helm,
            timeout=work.options.timeout,
            description=f"deployed by {held.identity}",
            secrets=wanted.secrets,
            home=work.home,
            kubeconfig=work.connection.kubeconfig,
        )
    number = _newest(work)
    with step(progress, owner.name, "roll out"):
        _watch(work)
    if work.options.check_health and isinstance(owner, Hub):
        result = health.check(work.session, work.connection, work.cluster, owner)
        if not result.ok:
            raise Unhealthy(result)
    return number


def _recover(work: Upgrade) -> None:
    api, namespace = work.connection.api, work.owner.namespace
    for revision in releases.revisions(api, namespace, work.owner.name):
        if revision.status in releases.PENDING and releases.recover(api, namespace, revision):
            work.note(
                f"revision {revision.number} was left {revision.status} by a killed deploy: marked it failed"
            )


def _remember(work: Upgrade, held: Lease, number: int, *, good: bool, chart: str | None = None) -> None:
    """Note a good revision and delete old ones; what runs is well even when that fails."""
    try:
        if good:
            held.add_good_revision(number, chart=chart)
        releases.prune(work.connection.api, work.owner.namespace, work.owner.name, good=held.good_revisions())
    except DeployerError as error:
        work.note(f"revision {number} could not be recorded as good: {error.message}")


def _failed(work: Upgrade, held: Lease, before: int, error: DeployerError) -> UpgradeFailed:
    """Go back to the last good revision where that is possible, and return what to raise."""
    newest: int | None = None
    try:
        newest = _newest(work)
        if newest == before:
            work.note("nothing was changed")
            return UpgradeFailed(work, error, revision=before or None, good=before in held.good_revisions())
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
    with step(work.session.progress, work.owner.name, f"roll back to revision {good}"):
        namespaces.label_as_in(work, good)
        _helm(work).rollback(
            work.owner.name,
            good,
            namespace=work.owner.namespace,
            secrets=work.secrets,
            timeout=work.options.timeout,
            home=work.home,
            kubeconfig=work.connection.kubeconfig,
        )
        _watch(work)
    return _newest(work)


def _good_to_go_back_to(work: Upgrade, held: Lease, newest: int) -> int | None:
    api, namespace = work.connection.api, work.owner.namespace
    kept = {revision.number: revision for revision in releases.revisions(api, namespace, work.owner.name)}
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
    api, namespace = work.connection.api, work.owner.namespace
    newest = releases.revisions(api, namespace, work.owner.name)[-1:]
    good = held.good_revisions()
    for revision in newest:
        last = f"; the last good one is {good[-1]}" if good else ""
        work.note(
            f"interrupted at revision {revision.number} ({revision.status}){last}; deploy again to finish"
        )


def _newest(work: Upgrade) -> int:
    numbers = releases.revisions(work.connection.api, work.owner.namespace, work.owner.name)
    return numbers[-1].number if numbers else 0


def _watch(work: Upgrade) -> None:
    rollout.watch(
        work.connection.api,
        work.owner.namespace,
        work.owner.name,
        cluster=work.cluster.name,
        timeout=work.options.timeout,
        interruption=work.session.interruption,
        note=work.note,
    )


def _helm(work: Upgrade) -> Helm:
    return work.helm.with_runner(programs(work.session))
