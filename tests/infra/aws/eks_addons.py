"""Add-ons of EKS clusters, which moto has none of."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.infra.aws.call import ACCOUNT, Call, Refused

_SET_BY_CALLERS = ("addonVersion", "serviceAccountRoleArn", "configurationValues")


class Addons:
    """Add-ons by cluster and name. They work at once."""

    def __init__(self) -> None:
        self._addons: dict[tuple[str, str], dict[str, Any]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer a call about add-ons of a cluster that is there, or about their tags."""
        match call.method, *call.path:
            case "GET", "addons", "supported-versions":
                return {"addons": [_versions(call)]}
            case "POST", "clusters", cluster, "addons":
                return {"addon": self._create(call, cluster)}
            case "GET", "clusters", cluster, "addons":
                return {"addons": [name for of, name in self._addons if of == cluster]}
            case "GET", "clusters", cluster, "addons", name:
                return {"addon": self._addon(cluster, name)}
            case "POST", "clusters", cluster, "addons", name, "update":
                self._addon(cluster, name).update(_given(call.body))
                return {"update": {"id": str(uuid.uuid4()), "status": "Successful", "type": "AddonUpdate"}}
            case "DELETE", "clusters", cluster, "addons", name:
                addon = self._addon(cluster, name)
                del self._addons[cluster, name]
                return {"addon": addon}
            case _, "tags", arn:
                return self._tags(call, self._addon(*arn.split("/")[1:3]))
        return None

    def _create(self, call: Call, cluster: str) -> dict[str, Any]:
        name = call.body["addonName"]
        if (cluster, name) in self._addons:
            raise Refused("ResourceInUseException", f"the add-on is there: {name}", "409 Conflict")
        now = time.time()
        addon = {
            "addonName": name,
            "addonArn": f"arn:aws:eks:{call.region}:{ACCOUNT}:addon/{cluster}/{name}/{uuid.uuid4()}",
            "addonVersion": "v1.0.0-eksbuild.1",
            "clusterName": cluster,
            "createdAt": now,
            "health": {"issues": []},
            "modifiedAt": now,
            "status": "ACTIVE",
            "tags": call.body.get("tags") or {},
            **_given(call.body),
        }
        return self._addons.setdefault((cluster, name), addon)

    def _addon(self, cluster: str, name: str) -> dict[str, Any]:
        if (cluster, name) not in self._addons:
            raise Refused("ResourceNotFoundException", f"no such add-on: {name}", "404 Not Found")
        return self._addons[cluster, name]

    def _tags(self, call: Call, addon: dict[str, Any]) -> dict[str, Any]:
        if call.method == "GET":
            return {"tags": addon["tags"]}
        addon["tags"].update(call.body.get("tags") or {})
        for key in call.query.get("tagKeys", []):
            addon["tags"].pop(key, None)
        return {}


def _versions(call: Call) -> dict[str, Any]:
    """Return two versions of an add-on for a cluster's: the default one, and a newer one."""
    (name,), (cluster,) = call.query["addonName"], call.query["kubernetesVersion"]
    versions = [
        {
            "addonVersion": f"v{cluster}.{patch}-eksbuild.1",
            "compatibilities": [
                {"clusterVersion": cluster, "defaultVersion": patch == 0, "platformVersions": ["*"]}
            ],
        }
        for patch in (1, 0)
    ]
    return {"addonName": name, "addonVersions": versions}


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in _SET_BY_CALLERS if body.get(key)}
