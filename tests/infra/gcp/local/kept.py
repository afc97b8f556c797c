"""What is kept, and how most of Google's services are spoken to."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

NUMBER = "123456789012"
"""The number of every project."""
_WITH_OPERATIONS = ("artifactregistry", "backupdr", "file")
"""Services that answer with an operation, which is done at once."""


class NotThere(Exception):
    """Nothing of that name is kept."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a service. `path` names a thing, or a collection that something is to be added to."""

    service: str
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def key(self) -> str:
        """Under which the thing is kept."""
        return f"{self.service}/{self.path}"

    @property
    def last(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class Kept:
    """What there is, by service and path, and who may do what with it."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self._policies: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)

    def number(self) -> str:
        """Return a number that nothing else has."""
        return str(next(self._numbers))

    def get(self, key: str) -> dict[str, Any]:
        """Return a thing."""
        if key not in self.things:
            raise NotThere(key)
        return self.things[key]

    def inside(self, key: str) -> list[dict[str, Any]]:
        """Return what is in a collection."""
        return [each for path, each in self.things.items() if path.rpartition("/")[0] == key]

    def changed(self, call: Call) -> dict[str, Any]:
        """Do to a thing what the method of a call says."""
        thing = self.get(call.key)
        if call.method == "DELETE":
            del self.things[call.key]
        elif call.method in ("PATCH", "PUT"):
            thing.update({key: value for key, value in call.body.items() if key != "name"})
        return thing

    def policy(self, call: Call, path: str) -> dict[str, Any]:
        """Return or set who may do what with a thing."""
        key = f"{call.service}/{path}"
        wanted = call.body.get("policy", call.body if call.method == "PUT" else None)
        if wanted is not None:
            self._policies[key] = {**wanted, "etag": self.number()}
        return self._policies.setdefault(key, {"bindings": [], "etag": "0", "version": 3})


def plain(kept: Kept, call: Call) -> dict[str, Any]:
    """Answer as most services do: a collection is posted to, and a thing has its path for a name."""
    collection = call.path.removesuffix(":createAsync")
    is_slow = (
        collection != call.path or call.service in _WITH_OPERATIONS or "workloadIdentityPools" in call.path
    )
    if "/operations/" in call.path or call.path.endswith(":listAttestationRules"):
        return {"name": call.path, "done": True, "response": {}}
    if call.last == "cryptoKeyVersions":
        return {}
    if call.method == "POST":
        ids = [value for key, value in call.query.items() if re.search(r"(Id|_id)$", key)]
        name = ids[0] if ids else call.body.get("name") or kept.number()
        path = f"{collection}/{name}"
        found = {**call.body, "name": path, "state": "ACTIVE", **_by_service(call, path, name)}
        kept.things[f"{call.service}/{path}"] = found
    else:
        found = kept.changed(call)
    if call.method == "GET" or not is_slow:
        return found
    return {"name": f"projects/p/locations/l/operations/{kept.number()}", "done": True, "response": found}


def _by_service(call: Call, path: str, name: str) -> dict[str, Any]:
    """Return what a service says of a new thing besides."""
    match call.service:
        case "file":
            return {
                "state": "READY",
                "networks": [{**each, "ipAddresses": ["10.9.9.2"]} for each in call.body["networks"]],
            }
        case "logging" if "buckets" not in path:
            return {"name": name, "writerIdentity": "serviceAccount:sink@logging.iam.gserviceaccount.com"}
        case "kms" if "cryptoKeys/" in path:
            return {"primary": {"name": f"{path}/cryptoKeyVersions/1", "state": "ENABLED"}}
        case "iam":
            return {"name": re.sub("projects/[^/]+", f"projects/{NUMBER}", path)}
    return {}
