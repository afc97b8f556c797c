"""Before anything is made: what the plan will need, against what these credentials and this account have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from deployer import clouds
from deployer.clouds import asking
from deployer.clouds.asking import Asker, Unanswered
from deployer.errors import DeployerError
from deployer.operations.infra import workspace
from deployer.operations.infra.failures import failures_told
from deployer.operations.infra.preflight import findings, needs
from deployer.operations.infra.preflight.findings import MISSING, UNKNOWN, Finding
from deployer.operations.infra.preflight.wants import wanted
from deployer.operations.infra.run import infrastructure
from deployer.progress import step
from deployer.render.state import LOCAL, backend
from deployer.render.tfvars import tfvars
from deployer.tools.private_directory import private_directory
from deployer.tools.process import ProgramFailed, ProgramMissing, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from deployer.clouds.asking import Policy
    from deployer.fleet.model import Aws, Azure, Cluster, Gcp
    from deployer.operations.infra.preflight.needs import Taken
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What was found out about a cluster. `planned` when it is of a plan, else of the whole module."""

    cluster: str
    planned: bool
    found: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What has to be got before the cluster can be built."""
        return tuple(each for each in self.found if each.status == MISSING)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What could not be asked."""
        return tuple(each for each in self.found if each.status == UNKNOWN)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it: infra-preflight.schema.json."""
        return {
            "cluster": self.cluster,
            "of": "plan" if self.planned else "module",
            "missing": len(self.missing),
            "findings": [each.plain() for each in self.found],
        }


def taken(session: Session, root: Path, cluster: Cluster, *, whole: bool = False) -> tuple[Taken, bool]:
    """Return what the plan takes, and whether it is of a plan: else it is all that the module can make.

    Raises:
        DeployerError: there is nothing to build, or the credentials are of another account.
    """
    tfvars(cluster)  # what is wrong there is told before anything else
    name, kept = workspace.module_name(cluster), backend(cluster)
    if not whole:
        try:
            with infrastructure(session, root, cluster, plan_only=True) as opened:
                with step(session.progress, cluster.name, "plan"), failures_told(cluster):
                    opened.terraform.plan("-lock=false")
                return needs.of_plan(asking.cloud(cluster.provider), opened.terraform.show(), kept), True
        except (ProgramFailed, ProgramMissing) as error:
            # Those who may do little can't plan either, and want to know what to ask for all the more.
            session.progress.noted(cluster.name, f"no plan can be made: {_first_error(error.message)}")
    found = needs.of_module(asking.cloud(cluster.provider), workspace.module(root, name), kept)
    return found, False


def policy(cluster: Cluster, found: Taken) -> Policy:
    """Return the least policy for what is taken, for an account owner to grant.

    Raises:
        DeployerError: nothing is taken, and no cloud knows a policy for that.
    """
    if not found.need.actions and found.need.state == LOCAL:
        raise DeployerError(
            f"{cluster.name}: the plan takes no permission",
            hint=f"for all that it may ever take: `deployer infra preflight {cluster.name} --policy --whole`",
        )
    return asking.of(cluster.provider).policy(cluster, tfvars(cluster), found.need)


def preflight(session: Session, cluster: Cluster, found: Taken, *, planned: bool) -> Preflight:
    """Ask the cloud. Nothing changes; what can't be asked is unknown.

    Raises:
        DeployerError: the credentials are of another account.
    """
    run = programs(session)
    with private_directory() as private:
        builder = clouds.builder(cast("Aws | Azure | Gcp", cluster.provider))
        asker = Asker(
            cluster=cluster,
            variables=tfvars(cluster),
            env=builder.credentials(session, cluster, private, run),
            programs=run,
            now=session.clock(),
        )
        results = tuple(_ask(session, asker, found))
    return Preflight(cluster=cluster.name, planned=planned, found=results)


def _ask(session: Session, asker: Asker, found: Taken) -> Iterator[Finding]:
    account, need = asking.of(asker.cluster.provider), found.need
    size = wanted(asker.cluster, asker.variables, found.made)
    for kind in found.unknown:
        yield findings.not_asked(findings.PERMISSION, kind, "our table does not say what this type takes")
    parts: tuple[tuple[str, str, Callable[[], Iterable[Finding]]], ...] = (
        (
            findings.PERMISSION,
            "all permissions",
            lambda: findings.of_permissions(account.held(asker, need)),
        ),
        (findings.SERVICE, "all services", lambda: findings.of_services(account.services(asker, need))),
        (findings.QUOTA, "all quotas", lambda: findings.of_quotas(account.quotas(asker, size))),
    )
    for kind, everything, ask in parts:
        try:
            with step(session.progress, asker.cluster.name, f"ask for {everything.removeprefix('all ')}"):
                yield from tuple(ask())
        except Unanswered as error:
            yield findings.not_asked(kind, everything, f"not asked: {error.message}")


def _first_error(message: str) -> str:
    lines = message.splitlines()
    return next((line for line in lines if line.startswith("Error:")), lines[0])
