"""What a saved plan would change, read from `terraform show -json`; and what the guard has against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources import AGEING, PROTECTED
from deployer.errors import DeployerError
from deployer.fleet.spelling import did_you_mean
from deployer.operations.infra.deletion_protection import is_on, locks, lying_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from deployer.clouds.resources.classes import Protection
    from deployer.operations.infra.deletion_protection import ManagementLock

_KINDS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "destroy",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
}
_LOSING = ("destroy", "forget", "replace")
_REASONS = {
    "delete_because_no_resource_config": "the module no longer has it: a renamed one needs a `moved` block",
    "delete_because_no_module": "the module no longer has it: a renamed one needs a `moved` block",
    "delete_because_wrong_repetition": "it is now one of several, or one where several were",
    "delete_because_count_index": "there are fewer of its kind now",
    "delete_because_each_key": "cluster.yaml no longer names it",
    "replace_because_tainted": "its last change was not finished, so Terraform wants to make it anew",
    "replace_because_cannot_update": "this can't be changed in place",
    "replace_by_request": "asked for",
    "replace_by_triggers": "something that it follows changes",
}
"""Terraform's reasons in words (`action_reason` of its JSON output format)."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a plan would do to one resource. `kind` is create, update, destroy, forget or replace.

    `cause` says why in words, and `paths` which attributes want a replacement. `deposed` is the key of a
    former object that a new one took the place of. One that `refuses` is protected against deletion by its
    cloud, or by the provider; `locks` lie on it. `ageing` is what the cloud would delete by itself from then
    on.
    """

    address: str
    type: str
    kind: str
    cause: str = ""
    paths: tuple[str, ...] = ()
    deposed: str | None = None
    refuses: bool = False
    locks: tuple[ManagementLock, ...] = ()
    unfinished: bool = False
    ageing: Protection | None = None

    @property
    def protection(self) -> Protection | None:
        """Why it must not happen by accident, None when it may."""
        return (PROTECTED.get(self.type) if self.kind in _LOSING else None) or self.ageing

    def __str__(self) -> str:
        reasons = [
            self.cause,
            f"because of {', '.join(self.paths)}" if self.paths else "",
            f"deletes {self.ageing.lost}" if self.ageing else "",
        ]
        said = "; ".join(reason for reason in reasons if reason)
        return f"{self.address}{f' ({said})' if said else ''}"

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        found: dict[str, Any] = {"address": self.address, "action": self.kind}
        if self.cause:
            found["cause"] = self.cause
        if self.paths:
            found["replace_paths"] = list(self.paths)
        if self.deposed:
            found["deposed"] = self.deposed
        if self.protection:
            found |= {"protected": self.protection.name, "lost": self.protection.lost}
        return found


def changes(plan: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what a plan would do, by address. What drifted by itself (`resource_drift`) is no change.

    Raises:
        DeployerError: the plan has an action that this program does not know.
    """
    managed = (each for each in plan.get("resource_changes", ()) if each.get("mode", "managed") == "managed")
    lying = locks(resources(plan.get("prior_state", {})))
    found = [change for each in managed if (change := _change(each, lying))]
    return tuple(sorted(found, key=lambda change: (change.address, change.deposed or "")))


def changed_outputs(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the outputs that a plan would change."""
    found = plan.get("output_changes", {})
    return tuple(sorted(name for name, change in found.items() if change["actions"] != ["no-op"]))


def resources(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the resources of a state as `terraform show -json` has it, those of child modules too."""
    modules = [state.get("values", {}).get("root_module", {})]
    for module in modules:
        yield from module.get("resources", ())
        modules.extend(module.get("child_modules", ()))


def guarded(found: Iterable[Change], allowed: Collection[str] = ()) -> tuple[Change, ...]:
    """Return the changes by which something protected is lost and that nobody allowed, by exact address.

    Raises:
        DeployerError: an address is allowed at which nothing protected goes: a slip, or another plan.
    """
    protected = [each for each in found if each.protection]
    addresses = sorted({each.address for each in protected})
    for address in allowed:
        if address not in addresses:
            raise DeployerError(
                f"`--allow-destroy {address}`: this plan takes nothing protected away there",
                hint=did_you_mean(address, addresses) if addresses else "leave `--allow-destroy` out",
            )
    return tuple(each for each in protected if each.address not in allowed)


def refuse_what_would_fail(cluster: str, found: Iterable[Change], *, all_allowed: bool = False) -> None:
    """Refuse changes that would end with an error half-way, once the node pools are gone.

    Protection against deletion can be switched off for what somebody allowed to go, by its address (see
    unprotect.py); not for what nobody is asked about, nor for what no address stands for any more.

    Raises:
        DeployerError: something would go that stays protected against deletion.
    """
    for each in found:
        if not each.refuses or each.kind not in ("destroy", "replace"):
            continue
        if each.deposed or each.unfinished:
            raise DeployerError(
                f"{cluster}: protected against deletion, and not finished: {each.address}",
                hint="nothing was done; switch its deletion protection off with the means of your cloud",
            )
        if each.protection is None and not all_allowed:
            raise DeployerError(
                f"{cluster}: protected against deletion: {each.address}",
                hint="nothing was done; say `deletion_protection: false` under `infrastructure`, and "
                f"`deployer infra apply {cluster}` before anything else",
            )


def _change(entry: Mapping[str, Any], found: Collection[ManagementLock]) -> Change | None:
    change = entry["change"]
    actions = tuple(change["actions"])
    if set(actions) <= {"no-op", "read"}:
        return None
    if actions not in _KINDS:
        raise DeployerError(
            f"{entry['address']}: the plan has an action that is not known here: {' and '.join(actions)}",
            hint="nothing was done; a newer deployer may know it",
        )
    before, reason = change.get("before") or {}, entry.get("action_reason", "")
    return Change(
        address=entry["address"],
        type=entry["type"],
        kind=_KINDS[actions],
        cause=_REASONS.get(reason, reason),
        paths=tuple(_path(each) for each in change.get("replace_paths", ())),
        deposed=entry.get("deposed"),
        refuses=is_on(before),
        locks=lying_on(found, entry["address"], before.get("id")),
        unfinished=reason == "replace_because_tainted",
        ageing=AGEING[entry["type"]].lost(change) if entry["type"] in AGEING else None,
    )


def _path(steps: Iterable[Any]) -> str:
    return ".".join(str(step) for step in steps)
