"""A strict stand-in for a cluster's API: it answers what a test scripted, and fails on anything else."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, cast

from deployer.tools.kubernetes import Api, Conflict, NotFound


@dataclass
class FakeApi:
    """Objects by path, with resource versions that are checked like the real API's.

    Lists are the objects whose path is one level below; `calls` records every write.
    """

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    server: str = "https://fake"
    version: int = 0

    def put(self, path: str, body: dict[str, Any]) -> None:
        """Have an object in the cluster."""
        self.version += 1
        body = copy.deepcopy(body)
        body.setdefault("metadata", {}).setdefault("name", path.rpartition("/")[2])
        body["metadata"]["resourceVersion"] = str(self.version)
        self.objects[path] = body

    def get(self, path: str, **_query: str) -> dict[str, Any]:
        if path not in self.objects:
            raise NotFound(path)
        return copy.deepcopy(self.objects[path])

    def items(self, path: str, **_query: str) -> list[dict[str, Any]]:
        return [copy.deepcopy(body) for key, body in self.objects.items() if key.rpartition("/")[0] == path]

    def snapshot(self, path: str) -> tuple[list[dict[str, Any]], str]:
        return self.items(path), str(self.version)

    def wait_for_change(self, _path: str, version: str, *, seconds: int) -> None:
        assert (version, seconds) == (str(self.version), 1)

    metadata = items

    def text(self, path: str, **_query: str) -> str:
        if path not in self.texts:
            raise NotFound(path)
        return self.texts[path]

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        at = f"{path}/{body['metadata']['name']}"
        self.calls.append(f"create {at}")
        if at in self.objects:
            raise Conflict(at)
        self.put(at, body)
        return self.get(at)

    def replace(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(f"replace {path}")
        if body["metadata"]["resourceVersion"] != self.get(path)["metadata"]["resourceVersion"]:
            raise Conflict(path)
        self.put(path, body)
        return self.get(path)

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(f"patch {path}")
        current = self.get(path)
        annotations = body.get("metadata", {}).get("annotations", {})
        current["metadata"].setdefault("annotations", {}).update(annotations)
        current.setdefault("spec", {}).update(body.get("spec", {}))
        if "data" in body:
            current.setdefault("data", {}).update(body["data"])
        self.put(path, current)
        return self.get(path)

    def apply(self, path: str, body: dict[str, Any], *, manager: str, force: bool = True) -> dict[str, Any]:
        self.calls.append(f"apply {path} as {manager}{' by force' if force else ''}")
        self.put(path, {**body, "status": self.objects.get(path, {}).get("status", {})})
        return self.get(path)

    def delete(self, path: str) -> None:
        self.calls.append(f"delete {path}")
        if self.objects.pop(path, None) is None:
            raise NotFound(path)

    @property
    def api(self) -> Api:
        """This fake, as what operations are given."""
        return cast("Api", self)
