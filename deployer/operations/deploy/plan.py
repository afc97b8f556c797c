"""Deploying hubs: a frozen plan first, then one careful upgrade a hub, in parallel.

One hub's failure never stops its neighbours.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.infrastructure import unbuilt_storage
from deployer.operations.access import connected
from deployer.operations.deploy.upgrade import Options, Upgrade, UpgradeFailed, upgrade
from deployer.operations.render import rendered
from deployer.tools.helm import find_helm
from deployer.tools.private_directory import private_directory
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.diagnosis import Diagnosis
    from deployer.operations.render import Rendered
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Release:
    """What deploying one hub will do. Its values hold no secret: encrypted ones are placeholders."""

    hub: Hub
    rendered: Rendered

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "hub": self.hub.name,
            "namespace": self.hub.namespace,
            "host": self.rendered.host,
            "chart": self.hub.chart,
            "packages": [f"{package.name} {package.version}" for package in self.rendered.chart.packages],
            "values_files": [file.name for file in self.hub.values_files],
            "presets": [preset.name for preset in self.hub.presets],
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a deploy will do on one cluster. `refused` are hubs that cannot be deployed as they are."""

    cluster: Cluster
    releases: tuple[Release, ...]
    options: Options
    refused: tuple[Outcome, ...] = ()

    def notices(self) -> tuple[str, ...]:
        """Return what the user should know before, each once."""
        said = (notice for release in self.releases for notice in release.rendered.chart.notices)
        return tuple(dict.fromkeys(said))

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "cluster": self.cluster.name,
            "kubernetes_version": self.cluster.kubernetes_version,
            "timeout": self.options.timeout,
            "check_health": self.options.check_health,
            "roll_back": self.options.roll_back,
            "notices": self.notices(),
            "releases": [release.summary() for release in self.releases],
            "refused": [outcome.summary() for outcome in self.refused],
        }


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one hub's deploy. `revision` is the one it runs now, when that is known."""

    hub: str
    host: str
    ok: bool
    seconds: float
    revision: int | None = None
    rolled_back: bool = False
    error: str | None = None
    hint: str | None = None
    interrupted: bool = False
    diagnosis: Diagnosis | None = None

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "hub": self.hub,
            "host": self.host,
            "ok": self.ok,
            "seconds": round(self.seconds, 1),
            "revision": self.revision,
            "rolled_back": self.rolled_back,
            "interrupted": self.interrupted,
            "error": self.error,
            "hint": self.hint,
            "diagnosis": list(self.diagnosis.lines()) if self.diagnosis else None,
        }


def plan(session: Session, fleet: Fleet, cluster: Cluster, hubs: Iterable[Hub], options: Options) -> Plan:
    """Render every hub and get its chart, without secrets and without the cluster."""
    releases: list[Release] = []
    refused: list[Outcome] = []
    for hub in hubs:
        session.interruption.check()
        try:
            _check_storage(cluster, hub)
            wanted = rendered(session, fleet, cluster, hub, decrypt=False)
            releases.append(Release(hub=hub, rendered=wanted))
        except Interrupted:
            raise
        except DeployerError as error:
            refused.append(_failure(hub.name, hub.domain, 0, error))
    return Plan(cluster=cluster, releases=tuple(releases), options=options, refused=tuple(refused))


def _check_storage(cluster: Cluster, hub: Hub) -> None:
    missing = unbuilt_storage(cluster, hub)
    if missing is not None:
        raise DeployerError(
            f"outputs.yaml does not tell what the cloud calls `{missing}` of `home_storage`",
            hint=f"`deployer infra apply {cluster.name}` makes it and writes that down",
        )


def carry_out(session: Session, fleet: Fleet, plan: Plan) -> tuple[Outcome, ...]:
    """Deploy the hubs of a plan in parallel; return an outcome for each, those refused by the plan first.

    Raises:
        DeployerError: helm is missing, or the cluster cannot be reached or is another one. Nothing was
            written then.
    """
    if not plan.releases:
        return plan.refused
    helm = find_helm(programs(session))
    with (
        connected(session, plan.cluster) as connection,
        private_directory() as homes,
        ThreadPoolExecutor(max_workers=plan.options.jobs) as pool,
    ):
        work = [
            Upgrade(
                session=session,
                fleet=fleet,
                cluster=plan.cluster,
                hub=release.hub,
                connection=connection,
                helm=helm,
                home=homes / release.hub.name,
                options=plan.options,
            )
            for release in plan.releases
        ]
        return (*plan.refused, *pool.map(_outcome, plan.releases, work))


def _outcome(release: Release, work: Upgrade) -> Outcome:
    start = time.monotonic()
    name, host = release.hub.name, release.rendered.host
    try:
        revision = upgrade(work)
    except DeployerError as error:
        return _failure(name, host, time.monotonic() - start, error)
    return Outcome(hub=name, host=host, ok=True, seconds=time.monotonic() - start, revision=revision)


def _failure(hub: str, host: str, seconds: float, error: DeployerError) -> Outcome:
    failed = error if isinstance(error, UpgradeFailed) else None
    return Outcome(
        hub=hub,
        host=host,
        ok=False,
        seconds=seconds,
        revision=failed.revision if failed else None,
        rolled_back=bool(failed and failed.rolled_back),
        error=error.message,
        hint=error.hint,
        interrupted=isinstance(error, Interrupted),
        diagnosis=failed.diagnosis if failed else None,
    )
