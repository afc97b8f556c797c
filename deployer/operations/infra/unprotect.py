"""The second belt: deletion protection goes off for what somebody allowed to go, and for nothing else.

A step of its own does it, with the variables that were applied last and `unprotected` beside them. So it
changes nothing but protection, whatever else cluster.yaml asks for by now; and where it is interrupted,
nothing is lost: the next `infra apply` switches protection on again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.infra.deletion_protection import is_lock, is_only_switched_off
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.operations.infra.changes import Change
    from deployer.operations.infra.run import Infrastructure

VARIABLE = "unprotected"
"""The variable of a module that says for which addresses deletion protection is off."""


@dataclass(frozen=True, kw_only=True)
class Belt:
    """What is to be switched off: of resources that go, and locks that lie on something.

    `staying` are owners of locks that do not go themselves: theirs are put on again afterwards.
    """

    resources: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()
    going: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is said to the module to be unprotected."""
        return tuple(sorted({*self.resources, *self.staying, *self.going}))

    def __bool__(self) -> bool:
        return bool(self.resources or self.locks)


def belt(found: Iterable[Change]) -> Belt:
    """Return what stands against changes that are allowed."""
    going = [change for change in found if change.kind in ("destroy", "replace")]
    away = {change.address for change in going}
    locks = {lock for change in going for lock in change.locks}
    owners = {owner for lock in locks for owner in lock.owners}
    return Belt(
        resources=tuple(change.address for change in going if change.refuses),
        locks=tuple(sorted(lock.address for lock in locks)),
        staying=tuple(sorted(owners - away)),
        going=tuple(sorted(owners & away)),
    )


def refuse_what_can_not_be_off(infrastructure: Infrastructure, wanted: Belt) -> None:
    """Refuse before anything is asked or done.

    Raises:
        DeployerError: the module does not know how, or the state does not know what was applied last.
    """
    _variables(infrastructure, wanted)


def lift(infrastructure: Infrastructure, wanted: Belt) -> None:
    """Switch protection off, and change nothing else.

    Raises:
        DeployerError: something else would change, or protection would stay. Nothing was done.
    """
    name, terraform = infrastructure.cluster.name, infrastructure.terraform
    variables = _variables(infrastructure, wanted)
    with (
        step(infrastructure.session.progress, name, "switch deletion protection off"),
        infrastructure.other_variables(variables),
    ):
        # Without a look at the cloud: what drifted there is not to be mended in this step.
        targets = (f"-target={address}" for address in (*wanted.resources, *wanted.locks))
        terraform.plan("-refresh=false", *targets)
        _check(name, terraform.show(), wanted)
        try:
            infrastructure.carry_out()
        except DeployerError:
            tell_what_is_off(infrastructure, wanted)
            raise


def fasten(infrastructure: Infrastructure, wanted: Belt) -> None:
    """Put the locks of what stays on again; when something else would change, the next `infra apply` does."""
    name, terraform = infrastructure.cluster.name, infrastructure.terraform
    with step(infrastructure.session.progress, name, "switch deletion protection on"):
        terraform.plan()
        found = _really(terraform.show())
        # Locks may have other addresses by now, when those follow what is in the thing that they lie on.
        if all(is_lock(each["type"]) and each["change"]["actions"] == ["create"] for each in found):
            infrastructure.carry_out()
        else:
            tell_what_is_off(infrastructure, wanted)


def tell_what_is_off(infrastructure: Infrastructure, wanted: Belt) -> None:
    """Say for what protection is off until somebody applies again."""
    infrastructure.session.progress.noted(
        infrastructure.cluster.name,
        f"deletion protection is off until the next `infra apply`: {', '.join(wanted.addresses)}",
    )


def _variables(infrastructure: Infrastructure, wanted: Belt) -> dict[str, Any]:
    name = infrastructure.cluster.name
    applied = infrastructure.applied()
    if VARIABLE in infrastructure.place.declared and applied is not None:
        return {**applied, VARIABLE: list(wanted.addresses)}
    raise DeployerError(
        f"{name}: protected against deletion: {', '.join((*wanted.resources, *wanted.locks))}",
        hint="nothing was done; say `deletion_protection: false` under `infrastructure`, and "
        f"`deployer infra apply {name}` before anything else",
    )


def _check(cluster: str, plan: Mapping[str, Any], wanted: Belt) -> None:
    off = set()
    for entry in _really(plan):
        address, change = entry["address"], entry["change"]
        is_lock = change["actions"] == ["delete"] and address in wanted.locks
        is_attribute = (
            change["actions"] == ["update"] and address in wanted.resources and is_only_switched_off(change)
        )
        if not is_lock and not is_attribute:
            raise DeployerError(
                f"{cluster}: switching deletion protection off would change more: {address}",
                hint="nothing was done; the module is newer than what was applied last: "
                f"`deployer infra apply {cluster}` without what is to go, then again with it",
            )
        off.add(address)
    on = sorted({*wanted.resources, *wanted.locks} - off)
    if on:
        raise DeployerError(
            f"{cluster}: the module keeps deletion protection on: {', '.join(on)}",
            hint="nothing was done; switch it off with the means of your cloud",
        )


def _really(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        entry
        for entry in plan.get("resource_changes", ())
        if not set(entry["change"]["actions"]) <= {"no-op", "read"}
    ]
