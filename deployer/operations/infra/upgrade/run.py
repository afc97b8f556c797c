"""Upgrade the Kubernetes of a cluster: look at what runs, say the steps, then take one after the other.

Nothing remembers how far it got but Terraform's state and the cluster itself: to go on is to begin again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.editing.writing import write
from deployer.fleet.infrastructure import infrastructure as block
from deployer.fleet.node_pools import pools
from deployer.operations.infra.outputs import not_built
from deployer.operations.infra.running import READY, held, running_of
from deployer.operations.infra.upgrade.drain import drain
from deployer.operations.infra.upgrade.notes import notes
from deployer.operations.infra.upgrade.plan import Path, Step, path
from deployer.operations.infra.upgrade.written import written
from deployer.render.tfvars import tfvars

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path as FilePath

    from deployer.fleet.editing.drafts import Change as FileChange
    from deployer.fleet.model import Cluster
    from deployer.operations.infra.changes import Change
    from deployer.operations.infra.plan import Plan
    from deployer.operations.infra.run import Infrastructure
    from deployer.operations.infra.running import Group, Running

_HARMLESS = ("aws_eks_addon",)
"""What an upgrade changes anyhow: a new version of an add-on may be there any day."""
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """What an upgrade will do. `changes` are of cluster.yaml; for `hours` people may stay on old nodes."""

    cluster: str
    now: Running
    goal: str
    way: Path
    hours: int
    notes: tuple[str, ...]
    changes: tuple[FileChange, ...] = field(repr=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is to be done, in this order."""
        return self.way.steps

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, as infra-upgrade.schema.json says."""
        return {
            "cluster": self.cluster,
            "provider": self.now.cloud,
            "from": self.now.control_plane,
            "to": self.goal,
            "nodes": [
                {"group": each.key, "pool": each.pool, "version": each.version} for each in self.now.groups
            ],
            "steps": [step.plain() for step in self.steps],
            "waits_for": list(self.way.waits),
            "drain_hours": self.hours,
            "files": [change.name for change in self.changes],
            "notes": list(self.notes),
        }


def prepare(infrastructure: Infrastructure, root: FilePath, *, to: str | None, hours: int) -> Upgrade:
    """Return what brings a cluster to a version, that of cluster.yaml when none is said. Nothing changes.

    Raises:
        DeployerError: it is not built, does not go there, is not ready for that, or something else waits.
    """
    session, cluster = infrastructure.session, infrastructure.cluster
    goal = to or _wanted(cluster)
    waiting = infrastructure.plan()
    now = running_of(cluster, waiting.state)
    if now is None:
        raise not_built(cluster)
    _refuse_what_is_busy(cluster.name, now.groups)
    _refuse_other_changes(cluster.name, waiting.changes)
    way = path(now, goal, {pool.name: pool.group for pool in pools(cluster)})
    file = written(session, root, cluster, goal)
    told = notes(cluster, now, goal, way, hours=hours, today=session.clock().date())
    return Upgrade(
        cluster=cluster.name,
        now=now,
        goal=goal,
        way=way,
        hours=hours,
        notes=(*told, *file.warnings),
        changes=file.changes,
    )


def go_on(infrastructure: Infrastructure) -> None:
    """Take nodes for made whose making was cut off: the cloud has gone on with them by itself.

    Terraform would make them anew, under a name that is taken. Whether they work is looked at later.
    """
    found = running_of(infrastructure.cluster, infrastructure.terraform.state())
    for group in found.groups if found else ():
        if group.tainted:
            infrastructure.terraform.run("untaint", group.address)


def carry_out(infrastructure: Infrastructure, upgrade: Upgrade, *, only_next: bool = False) -> None:
    """Write cluster.yaml, then take the steps, or the next one only.

    Raises:
        DeployerError: a step cannot be taken. Those before it are done.
        Interrupted: the user asked to stop; the same again goes on.
    """
    write(upgrade.changes)
    cluster, session = infrastructure.cluster, infrastructure.session
    now: Running | None = upgrade.now
    for number, step in enumerate(upgrade.steps[: 1 if only_next else None], start=1):
        session.interruption.check()
        session.progress.noted(cluster.name, f"step {number} of {len(upgrade.steps)}: {step}")
        if now is None:
            raise DeployerError(f"the state of {cluster.name} knows no cluster any more")
        _take(infrastructure, step, now, upgrade.hours)
        now = running_of(cluster, infrastructure.terraform.state())


def _take(infrastructure: Infrastructure, step: Step, now: Running, hours: int) -> None:
    old = [each for each in now.groups if step.kind == "retire" and each.key == step.group]
    for group in old:
        drain(infrastructure.session, infrastructure.cluster, group.name, hours=hours)
    planned = infrastructure.plan(
        variables=held(tfvars(infrastructure.cluster), step.then(now)),
        allowed=[group.address for group in old],
    )
    if old:
        _refuse_what_nothing_replaces(infrastructure.cluster, step, planned)
    infrastructure.apply(planned)


def _refuse_what_nothing_replaces(cluster: Cluster, step: Step, planned: Plan) -> None:
    """Old nodes go for the sake of new ones: which have to be there, as the cloud itself says now."""
    found = running_of(cluster, planned.state)
    new = [each for each in (found.of(step.pool or "") if found else ()) if each.key != step.group]
    if not any(each.version == step.after and each.status == READY for each in new):
        told = ", ".join(f"{each.key} is {each.status}" for each in new) or "there are none"
        raise DeployerError(
            f"{cluster.name}: the new nodes of {step.pool} are not ready: {told}",
            hint="the old ones stay; wait for the new ones, or mend them with the means of your cloud",
        )


def _wanted(cluster: Cluster) -> str:
    said = (block(cluster) or {}).get("kubernetes_version")
    if said is None and cluster.kubernetes_version_assumed:
        raise DeployerError(
            f"nothing says which Kubernetes {cluster.name} is to have", hint="say `--to 1.34`"
        )
    return str(said or cluster.kubernetes_version)


def _refuse_what_is_busy(cluster: str, groups: Iterable[Group]) -> None:
    busy = [f"{each.key} is {each.status}" for each in groups if each.status != READY and not each.tainted]
    if busy:
        raise DeployerError(
            f"{cluster}: nodes are being changed, or that has failed: {', '.join(busy)}",
            hint="nothing was done; wait for them, or mend them with the means of your cloud",
        )


def _refuse_other_changes(cluster: str, waiting: Iterable[Change]) -> None:
    """Refuse what would come along with one of the steps: an upgrade changes versions and nothing else."""
    others = [each for each in waiting if each.kind != "update" or each.type not in _HARMLESS]
    if others:
        named = ", ".join(each.address for each in others[:_SHOWN])
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        raise DeployerError(
            f"{cluster}: other changes wait: {named}{more}",
            hint=f"nothing was done; `deployer infra apply {cluster}` first: it keeps the versions that run",
        )
