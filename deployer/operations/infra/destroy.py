"""Take a cluster away, and keep what people made: homes, buckets and databases go only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources import HOLDING, KEPT, identity
from deployer.clouds.resources.classes import BUCKET, DATABASE, HOMES, REGISTRY
from deployer.errors import DeployerError
from deployer.operations.infra import unprotect
from deployer.operations.infra.changes import Change, changes, refuse_what_would_fail, resources
from deployer.operations.infra.failures import failures_told
from deployer.operations.infra.record import recorded
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from deployer.operations.infra.run import Infrastructure

_DATA = (BUCKET, DATABASE, HOMES, REGISTRY)
"""What people lose, of all that the guard looks after."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A resource that Terraform is to forget and leave alone, and by what it can be adopted again."""

    address: str
    identity: str

    def plain(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return {"address": self.address, "id": self.identity}

    def adopt(self, cluster: str) -> str:
        """Return the command that takes it in again."""
        return f"deployer infra import {cluster} '{self.address}' '{self.identity}'"


@dataclass(frozen=True, kw_only=True)
class Destruction:
    """What `destroy` would do: what stays and is forgotten, and what goes.

    `losing` is what goes of what is protected by the guard, and `belt` what protects against deletion so far.
    """

    cluster: str
    kept: tuple[Kept, ...]
    gone: tuple[str, ...]
    losing: tuple[Change, ...]
    belt: unprotect.Belt

    @property
    def data(self) -> tuple[Change, ...]:
        """What people lose."""
        return tuple(change for change in self.losing if _is_data(change))

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "cluster": self.cluster,
            "kept": [each.plain() for each in self.kept],
            "destroyed": list(self.gone),
            "data": [change.plain() for change in self.data],
            "unprotects": list(self.belt.addresses),
        }


def plan(infrastructure: Infrastructure, keep: Collection[str]) -> Destruction:
    """Say what would go. Nothing changes.

    Raises:
        DeployerError: a kind of data is not known, or something refuses to be deleted.
    """
    kept = tuple(staying(infrastructure.terraform.state(), keep))
    stays = {each.address for each in kept}
    with (
        step(infrastructure.session.progress, infrastructure.cluster.name, "plan"),
        failures_told(infrastructure.cluster),
    ):
        infrastructure.terraform.plan("-destroy")
        found = changes(infrastructure.terraform.show())
    going = [change for change in found if change.address not in stays]
    refuse_what_would_fail(infrastructure.cluster.name, going, all_allowed=True)
    belt = unprotect.belt(going)
    _refuse_locks_that_stay(infrastructure.cluster.name, stays, belt)
    if belt:
        unprotect.refuse_what_can_not_be_off(infrastructure, belt)
    return Destruction(
        cluster=infrastructure.cluster.name,
        kept=kept,
        gone=tuple(change.address for change in going),
        losing=tuple(change for change in going if change.protection),
        belt=belt,
    )


def staying(state: Mapping[str, Any], keep: Collection[str]) -> list[Kept]:
    """Return what of a state stays when some kinds of data do, in the order of the state."""
    managed = _managed(state)
    begins = tuple(start for kind in keep for start in KEPT[kind])
    stays = [_name(each) for each in managed if _name(each).startswith(begins)]
    held = tuple(
        start
        for inside, starts in HOLDING.items()
        if any(name.startswith(inside) for name in stays)
        for start in starts
    )
    return [
        Kept(address=each["address"], identity=identity(each["type"], each["values"]))
        for each in managed
        if _name(each).startswith((*begins, *held))
    ]


def carry_out(infrastructure: Infrastructure, planned: Destruction) -> None:
    """Switch off the protection of what goes, forget what stays, then destroy the rest.

    Raises:
        DeployerError: what would go is not what was planned any more. What stays is forgotten by then, and
            destroyed by nothing.
    """
    with recorded(
        infrastructure.session,
        infrastructure.cluster,
        "destroy",
        planned.losing,
        [each.plain() for each in planned.kept],
    ):
        _carry_out(infrastructure, planned)


def _carry_out(infrastructure: Infrastructure, planned: Destruction) -> None:
    name, terraform = infrastructure.cluster.name, infrastructure.terraform
    progress = infrastructure.session.progress
    if planned.belt:
        with failures_told(infrastructure.cluster):
            unprotect.lift(infrastructure, planned.belt)
    if planned.kept:
        with step(progress, name, "keep data"), failures_told(infrastructure.cluster):
            terraform.forget([each.address for each in planned.kept])
    with step(progress, name, "destroy"), failures_told(infrastructure.cluster):
        terraform.plan("-destroy")
        found = changes(terraform.show())
        more = {change.address for change in found} - set(planned.gone)
        if more:
            raise DeployerError(
                f"{name}: more would go than was planned: {', '.join(sorted(more))}",
                hint=f"look at it again: `deployer infra destroy {name}`",
            )
        infrastructure.carry_out()


def _refuse_locks_that_stay(cluster: str, stays: set[str], belt: unprotect.Belt) -> None:
    held = sorted(stays & set(belt.locks))
    if held:
        raise DeployerError(
            f"{cluster}: what is to stay holds what is to go: {', '.join(held)}",
            hint="nothing was done; let it go too, or take the lock away with the means of your cloud",
        )


def _managed(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in resources(state) if each["mode"] == "managed"]


def _name(resource: Mapping[str, Any]) -> str:
    return f"{resource['type']}.{resource['name']}"


def _is_data(change: Change) -> bool:
    return change.protection in _DATA
