"""Backup: what a plan is for, changes of plans, what is in a vault, and tags."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from moto.backup.models import Plan, backup_backends

from tests.infra.aws.call import ACCOUNT, Call, Refused

if TYPE_CHECKING:
    from moto.backup.models import BackupBackend


class Backup:
    """moto has vaults and plans; selections are kept here, by plan and id. No backup is ever made."""

    def __init__(self) -> None:
        self._selections: dict[tuple[str, str], dict[str, Any]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks."""
        backend = backup_backends[ACCOUNT][call.region]
        match call.method, *call.path:
            case "POST", "backup", "plans", plan:
                return _change(backend, plan, call.body["BackupPlan"])
            case "PUT", "backup", "plans", plan, "selections":
                return self._select(_plan(backend, plan), call.body["BackupSelection"])
            case "GET", "backup", "plans", plan, "selections", selection:
                return self._selection(plan, selection)
            case "DELETE", "backup", "plans", plan, "selections", selection:
                self._selection(plan, selection)
                del self._selections[plan, selection]
                return {}
            case "DELETE", "backup", "plans", plan if any(of == plan for of, _ in self._selections):
                raise Refused("InvalidRequestException", f"the plan {plan} has selections")
            case "GET", "tags", arn:
                return {"Tags": backend.list_tags(arn)}
            case "GET", "backup-vaults", _, "recovery-points":
                return {"RecoveryPoints": []}
        return None

    def complete(self, call: Call) -> None:
        """Add nothing."""

    def _select(self, plan: Plan, selection: dict[str, Any]) -> dict[str, Any]:
        found = {
            "BackupPlanId": plan.backup_plan_id,
            "CreationDate": time.time(),
            "SelectionId": str(uuid.uuid4()),
        }
        selection.setdefault("NotResources", [])
        self._selections[plan.backup_plan_id, found["SelectionId"]] = {**found, "BackupSelection": selection}
        return found

    def _selection(self, plan: str, selection: str) -> dict[str, Any]:
        if (plan, selection) not in self._selections:
            # AWS's own way to say so, by which the provider knows it.
            raise Refused("InvalidParameterValueException", f"Cannot find Backup plan selection {selection}")
        return self._selections[plan, selection]


def _plan(backend: BackupBackend, plan: str) -> Plan:
    if plan not in backend.plans:
        raise Refused("ResourceNotFoundException", f"no such plan: {plan}", "404 Not Found")
    return backend.plans[plan]


def _change(backend: BackupBackend, plan: str, rules: dict[str, Any]) -> dict[str, Any]:
    """Give a plan other rules; what nobody says of them is as moto has it for a new plan."""
    known = _plan(backend, plan)
    known.backup_plan = Plan(rules, "", backend).backup_plan
    known.version_id = str(uuid.uuid4())
    changed: dict[str, Any] = known.to_dict()
    return changed
