"""Data Lifecycle Manager, all of it: policies for snapshots of disks."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.infra.aws.call import ACCOUNT, Call, Refused

_SET_BY_CALLERS = ("Description", "State", "ExecutionRoleArn", "PolicyDetails")


class DataLifecycleManager:
    """Policies by their ids."""

    def __init__(self) -> None:
        self._policies: dict[str, dict[str, Any]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer every call there is."""
        match call.method, *call.path:
            case "POST", "policies":
                return self._create(call)
            case "GET", "policies", policy_id:
                return {"Policy": self._policy(policy_id)}
            case "PATCH", "policies", policy_id:
                self._policy(policy_id).update(_given(call.body))
                return {}
            case "DELETE", "policies", policy_id:
                self._policy(policy_id)
                del self._policies[policy_id]
                return {}
            case _, "tags", arn:
                return self._tags(call, self._policy(arn.rpartition("/")[2]))
        return None

    def complete(self, call: Call) -> None:
        """Add nothing."""

    def _create(self, call: Call) -> dict[str, Any]:
        policy_id = f"policy-{uuid.uuid4().hex[:17]}"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._policies[policy_id] = {
            "PolicyId": policy_id,
            "PolicyArn": f"arn:aws:dlm:{call.region}:{ACCOUNT}:policy/{policy_id}",
            "DateCreated": now,
            "DateModified": now,
            "Tags": call.body.get("Tags") or {},
            **_given(call.body),
        }
        return {"PolicyId": policy_id}

    def _policy(self, policy_id: str) -> dict[str, Any]:
        if policy_id not in self._policies:
            raise Refused("ResourceNotFoundException", f"no such policy: {policy_id}", "404 Not Found")
        return self._policies[policy_id]

    def _tags(self, call: Call, policy: dict[str, Any]) -> dict[str, Any]:
        if call.method == "GET":
            return {"Tags": policy["Tags"]}
        policy["Tags"].update(call.body.get("Tags") or {})
        for key in call.query.get("tagKeys", []):
            policy["Tags"].pop(key, None)
        return {}


def _given(body: dict[str, Any]) -> dict[str, Any]:
    given = {key: body[key] for key in _SET_BY_CALLERS if body.get(key)}
    if "PolicyDetails" in given:
        # What the service says of a policy of which nobody said it.
        defaults = {"PolicyType": "EBS_SNAPSHOT_MANAGEMENT", "ResourceLocations": ["CLOUD"]}
        given["PolicyDetails"] = defaults | given["PolicyDetails"]
    return given
