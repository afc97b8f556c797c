"""Deploying hubs, or what runs for all of them: a frozen plan, then one careful upgrade each, in parallel.

One hub's failure never stops its neighbours. What runs for all of them comes before them.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.infrastructure import unbuilt_storage, unbuilt_support
from deployer.fleet.model import Hub
from deployer.operations.access import connected
from deployer.operations.deploy.left_alone import FROZEN
from deployer.operations.deploy.outcome import Outcome, failure
from deployer.operations.deploy.upgrade import Options, Upgrade, upgrade
from deployer.operations.freezes import OPTION, Frozen, overridden
from deployer.operations.grafana.annotations import annotate_deploys
from deployer.operations.render import rendered
from deployer.tools.helm import find_helm
from deployer.tools.private_directory import private_directory
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.model import Cluster, Fleet, Freeze, Installed
    from deployer.operations.render import Rendered
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Release:
    """What deploying one release will do. Its values hold no secret: encrypted ones are placeholders.

    `only_if_changed` leaves it alone where it runs already just as it is wanted. `freeze` is the window that
    is overridden for it.
    """

    owner: Installed
    rendered: Rendered
    only_if_changed: bool = False
    freeze: Freeze | None = None

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "hub": self.owner.name,
            "namespace": self.owner.namespace,
            "host": self.rendered.host,
            "when": "missing or changed" if self.only_if_changed else "always",
            "chart": self.owner.chart,
            "packages": [f"{package.name} {package.version}" for package in self.rendered.chart.packages],
            "values_files": [file.name for file in self.owner.values_files],
            "presets": [each.name for each in self.owner.presets] if isinstance(self.owner, Hub) else [],
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a deploy will do on one cluster. `refused` are hubs that cannot be deployed as they are.

    What is in `first` comes before the others. What would have been there and is frozen is `left_alone`.
    """

    cluster: Cluster
    releases: tuple[Release, ...]
    options: Options
    first: tuple[Release, ...] = ()
    refused: tuple[Outcome, ...] = ()
    left_alone: tuple[Outcome, ...] = ()

    @property
    def all(self) -> tuple[Release, ...]:
        """Every release, in their order."""
        return (*self.first, *self.releases)

    def notices(self) -> tuple[str, ...]:
        """Return what the user should know before, each once."""
        said = (notice for release in self.all for notice in release.rendered.chart.notices)
        left = (
            f"{each.hub}: left alone: {each.freeze}; `{OPTION}` deploys it where it is missing or changed"
            for each in self.left_alone
        )
        overridden = (f"{each.owner.name}: {each.freeze}: overridden" for each in self.all if each.freeze)
        return tuple(dict.fromkeys((*said, *left, *overridden)))

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "cluster": self.cluster.name,
            "kubernetes_version": self.cluster.kubernetes_version,
            "timeout": self.options.timeout,
            "check_health": self.options.check_health,
            "roll_back": self.options.roll_back,
            "notices": self.notices(),
            "releases": [_with_freeze(release) for release in self.all],
            "left_alone": [outcome.hub for outcome in self.left_alone],
            "refused": [outcome.summary() for outcome in self.refused],
        }


def _with_freeze(release: Release) -> dict[str, object]:
    return {**release.summary(), "freeze": release.freeze.plain() if release.freeze else None}


def plan(
    session: Session,
    fleet: Fleet,
    cluster: Cluster,
    owners: Iterable[Installed],
    options: Options,
    *,
    first: Iterable[Installed] = (),
) -> Plan:
    """Render hubs, or the support of the cluster, and get the charts, without secrets and the cluster.

    `first` are deployed before the others, and only where they are missing or changed. Nobody asked for
    these, so where they are frozen they are left alone, and the others go on.
    """
    first, releases, refused, left_alone = tuple(first), [], [], []
    for owner in (*first, *owners):
        session.interruption.check()
        try:
            freeze = overridden(session, cluster, owner, what="deployed", override=options.override_freeze)
            if isinstance(owner, Hub):
                _check_storage(cluster, owner)
            else:
                _check_outputs(cluster)
            wanted = rendered(session, fleet, cluster, owner, decrypt=False)
            releases.append(
                Release(owner=owner, rendered=wanted, only_if_changed=owner in first, freeze=freeze)
            )
        except Interrupted:
            raise
        except DeployerError as error:
            if isinstance(error, Frozen) and owner in first:
                left_alone.append(_left_alone(owner, error.freeze))
                continue
            host = owner.domain if isinstance(owner, Hub) else ""
            refused.append(failure(owner.name, host, 0, error))
    return Plan(
        cluster=cluster,
        first=tuple(each for each in releases if each.only_if_changed),
        releases=tuple(each for each in releases if not each.only_if_changed),
        options=options,
        refused=tuple(refused),
        left_alone=tuple(left_alone),
    )


def _left_alone(owner: Installed, freeze: Freeze) -> Outcome:
    return Outcome(hub=owner.name, host="", ok=True, seconds=0, left_alone=FROZEN, freeze=freeze)


def _check_storage(cluster: Cluster, hub: Hub) -> None:
    missing = unbuilt_storage(cluster, hub)
    if missing is not None:
        raise DeployerError(
            f"outputs.yaml does not tell what the cloud calls `{missing}` of `home_storage`",
            hint=f"`deployer infra apply {cluster.name}` makes it and writes that down",
        )


def _check_outputs(cluster: Cluster) -> None:
    missing = unbuilt_support(cluster)
    if missing is not None:
        raise DeployerError(
            f"outputs.yaml does not tell `{missing}`, which the support of the cluster needs",
            hint=f"`deployer infra apply {cluster.name}` makes it and writes that down",
        )


def carry_out(session: Session, fleet: Fleet, plan: Plan) -> tuple[Outcome, ...]:
    """Deploy what a plan has, in parallel; return an outcome for each, those refused by the plan first.

    Raises:
        DeployerError: helm is missing, or the cluster cannot be reached or is another one. Nothing was
            written then.
    """
    before = (*plan.refused, *plan.left_alone)
    if not plan.all:
        return before
    outcomes = (*before, *_carried_out(session, fleet, plan))
    annotate_deploys(session, fleet, plan.cluster.name, outcomes)
    return outcomes


def _carried_out(session: Session, fleet: Fleet, plan: Plan) -> tuple[Outcome, ...]:
    helm = find_helm(programs(session))
    with (
        connected(session, plan.cluster) as connection,
        private_directory() as homes,
        ThreadPoolExecutor(max_workers=plan.options.jobs) as pool,
    ):

        def deploy(release: Release) -> Outcome:
            work = Upgrade(
                session=session,
                fleet=fleet,
                cluster=plan.cluster,
                owner=release.owner,
                connection=connection,
                helm=helm,
                home=homes / release.owner.name,
                options=plan.options,
                only_if_changed=release.only_if_changed,
            )
            return _outcome(release, work)

        before = [deploy(release) for release in plan.first]
        if any(outcome.stops_others for outcome in before):
            return (*before, *(_not_begun(plan, release) for release in plan.releases))
        return (*before, *pool.map(deploy, plan.releases))


def _outcome(release: Release, work: Upgrade) -> Outcome:
    start, began = time.monotonic(), work.session.clock()
    name, host = release.owner.name, release.rendered.host
    try:
        done = upgrade(work)
    except DeployerError as error:
        failed = failure(name, host, time.monotonic() - start, error)
        return replace(failed, began=began, freeze=release.freeze)
    return Outcome(
        hub=name,
        host=host,
        ok=True,
        seconds=time.monotonic() - start,
        revision=done.revision,
        left_alone=done.left_alone,
        began=None if done.left_alone else began,
        freeze=release.freeze,
    )


def _not_begun(plan: Plan, release: Release) -> Outcome:
    error = DeployerError(
        "not deployed: the support of the cluster is not well, and hubs count on it",
        hint=f"mend it: `deployer deploy {plan.cluster.name} --support`; "
        "with `--no-support` hubs are deployed all the same",
    )
    return failure(release.owner.name, release.rendered.host, 0, error)
