"""Access entries of EKS clusters, which moto has none of: who may do what in Kubernetes."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.infra.aws.call import ACCOUNT, Call, Refused


class AccessEntries:
    """Entries and the policies of each, by cluster and the ARN of whom they are about."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], dict[str, Any]] = {}
        self._policies: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer a call about entries of a cluster that is there, or about their tags."""
        match call.method, *call.path:
            case "POST", "clusters", cluster, "access-entries":
                return {"accessEntry": self._create(call, cluster)}
            case "GET", "clusters", cluster, "access-entries":
                return {"accessEntries": [arn for of, arn in self._entries if of == cluster]}
            case "GET", "clusters", cluster, "access-entries", arn:
                return {"accessEntry": self._entry(cluster, arn)}
            case "DELETE", "clusters", cluster, "access-entries", arn:
                self._entry(cluster, arn)
                del self._entries[cluster, arn], self._policies[cluster, arn]
                return {}
            case _, "clusters", cluster, "access-entries", arn, "access-policies", *policy:
                self._entry(cluster, arn)
                return self._associate(call, (cluster, arn), policy)
            case _, "tags", arn:
                return self._tags(call, next(e for e in self._entries.values() if e["accessEntryArn"] == arn))
        return None

    def forget(self, cluster: str) -> None:
        """Forget the entries of a cluster that is gone."""
        for key in [key for key in self._entries if key[0] == cluster]:
            del self._entries[key], self._policies[key]

    def _create(self, call: Call, cluster: str) -> dict[str, Any]:
        arn = call.body["principalArn"]
        if (cluster, arn) in self._entries:
            raise Refused("ResourceInUseException", f"the access entry is there: {arn}", "409 Conflict")
        now = time.time()
        self._policies[cluster, arn] = {}
        self._entries[cluster, arn] = {
            "accessEntryArn": f"arn:aws:eks:{call.region}:{ACCOUNT}:access-entry/{cluster}/{uuid.uuid4()}",
            "clusterName": cluster,
            "createdAt": now,
            "kubernetesGroups": call.body.get("kubernetesGroups") or [],
            "modifiedAt": now,
            "principalArn": arn,
            "tags": call.body.get("tags") or {},
            "type": call.body.get("type") or "STANDARD",
            "username": call.body.get("username") or arn,
        }
        return self._entries[cluster, arn]

    def _entry(self, cluster: str, arn: str) -> dict[str, Any]:
        if (cluster, arn) not in self._entries:
            raise Refused("ResourceNotFoundException", f"no such access entry: {arn}", "404 Not Found")
        return self._entries[cluster, arn]

    def _associate(self, call: Call, key: tuple[str, str], policy: list[str]) -> dict[str, Any]:
        cluster, principal = key
        known = self._policies[key]
        about = {"clusterName": cluster, "principalArn": principal}
        match call.method:
            case "GET":
                return {**about, "associatedAccessPolicies": list(known.values())}
            case "POST":
                now = time.time()
                found = {"associatedAt": now, "modifiedAt": now, **call.body}
                known[found["policyArn"]] = found
                return {**about, "associatedAccessPolicy": found}
        if known.pop(policy[0], None) is None:
            raise Refused("ResourceNotFoundException", f"{principal} has no {policy[0]}", "404 Not Found")
        return {}

    def _tags(self, call: Call, entry: dict[str, Any]) -> dict[str, Any]:
        if call.method == "GET":
            return {"tags": entry["tags"]}
        entry["tags"].update(call.body.get("tags") or {})
        for key in call.query.get("tagKeys", []):
            entry["tags"].pop(key, None)
        return {}
