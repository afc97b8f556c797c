"""A local Azure: what is put somewhere is there until it is deleted. Enough for Terraform to build a cluster.

It stands behind a proxy, so that all of Azure's names lead to it, and signs for them with a certificate that
a test believes. What Azure would say of a resource by itself is in `computed`; that it would refuse something
is not known here, but for locks.
"""

from __future__ import annotations

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.infra.azure.certificate import certificate
from tests.infra.azure.computed import VERSIONS, children, computed, kind_of, uuid_of
from tests.infra.azure.keys import Keys
from tests.infra.azure.offline import token_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCKS = "/providers/microsoft.authorization/locks/"
_CLUSTER = "microsoft.containerservice/managedclusters"
_POOLS = "agentPoolProfiles"
"""The pools of a cluster are told with it, and are resources of their own."""
_DONE = "/operations/done"
_LATER = 202
_GOING_LATER = {
    _CLUSTER,
    f"{_CLUSTER}/agentpools",
    "microsoft.dbforpostgresql/flexibleservers",
    "microsoft.dbforpostgresql/flexibleservers/administrators",
    "microsoft.network/networkwatchers/flowlogs",
}
_ROLES = "/providers/microsoft.authorization/roledefinitions/"


class Store:
    """What is there, by the id of each resource in small letters: Azure's ids are the same in any case."""

    def __init__(self) -> None:
        self.resources: dict[str, dict[str, Any]] = {}
        self.keys = Keys()
        self._one_at_a_time = threading.RLock()
        self.asked: list[str] = []
        """Requests in their order, without reading."""

    def get(self, path: str) -> dict[str, Any] | None:
        """Return a resource. Azure's own roles are the same at whichever scope somebody looks."""
        role = "/".join(path.split("/")[:3]) + _ROLES + path.rsplit("/", 1)[1]
        found = self.resources.get(path.lower())
        if found is None and _ROLES in path.lower():
            return self.resources.get(role.lower())
        if found is None or kind_of(path) != _CLUSTER:
            return found
        pools = [{**pool["properties"], "name": pool["name"]} for pool in self.inside(f"{path}/agentPools")]
        return {**found, "properties": {**found["properties"], _POOLS: pools}}

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make or change a resource, and return it with what Azure would add."""
        body = {**body, "id": path, "name": path.rsplit("/", 1)[1]}
        with self._one_at_a_time:
            found = self.resources[path.lower()] = computed(path, body)
            for pool in found["properties"].pop(_POOLS, ()):
                self.put(f"{path}/agentPools/{pool['name']}", {"properties": pool})
            for child, properties in children(path):
                if f"{path}/{child}".lower() not in self.resources:
                    self.put(f"{path}/{child}", {"properties": properties})
        return self.get(path) or found

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change a part of a resource."""
        return self.put(path, _merged(self.resources.get(path.lower(), {}), body))

    def delete(self, path: str) -> int:
        """Delete a resource with all that is in it, and return the status: nothing goes that is locked."""
        within = path.lower()
        with self._one_at_a_time:
            going = [each for each in self.resources if each == within or each.startswith(f"{within}/")]
            if _LOCKS not in within and any(self._is_locked(each) for each in going):
                return 409
            for each in going:
                del self.resources[each]
        if not going:
            return 204
        return _LATER if kind_of(path) in _GOING_LATER else 200

    def inside(self, path: str) -> list[dict[str, Any]]:
        """Return the resources of a collection."""
        start = f"{path.lower()}/"
        with self._one_at_a_time:
            return [
                each
                for key, each in self.resources.items()
                if key.startswith(start) and "/" not in key.removeprefix(start)
            ]

    def role(self, path: str, wanted: str) -> dict[str, Any]:
        """Return one of Azure's own roles: each name is that of one."""
        name = wanted.removeprefix("roleName eq ").strip("'")
        subscription = "/".join(path.split("/")[:3])
        identity = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{uuid_of(name)}"
        return self.put(identity, {"properties": {"roleName": name, "type": "BuiltInRole"}})

    def _is_locked(self, path: str) -> bool:
        scopes = [each.partition(_LOCKS)[0] for each in self.resources if _LOCKS in each]
        return any(path == scope or path.startswith(f"{scope}/") for scope in scopes)


class _Azure(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store
    context: ssl.SSLContext

    def do_CONNECT(self) -> None:
        """Be whichever host somebody wants to talk to."""
        self.send_response(200)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.close_connection = False

    def finish(self) -> None:
        """Close what was wrapped around the connection too."""
        super().finish()
        self.connection.close()

    def do_GET(self) -> None:
        path, query = self._path()
        if self._host().endswith(".vault.azure.net"):
            self._say(*self.store.keys.get(self._host(), path))
        elif path.endswith("/roleDefinitions"):
            self._say(200, {"value": [self.store.role(path, query["$filter"][0])]})
        elif path == _DONE:
            self._say(200, {"status": "Succeeded"})
        elif path.endswith("/availableAgentPoolVersions"):
            versions = [{"kubernetesVersion": version} for version in VERSIONS]
            self._say(200, {"properties": {"agentPoolVersions": versions}})
        elif found := self.store.get(path):
            self._say(200, found)
        elif _is_collection(path):
            self._say(200, {"value": self.store.inside(path)})
        else:
            self._say(404, _error("ResourceNotFound", path))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        path, _ = self._path()
        self._changes(path)
        self._say(_status(path), self.store.put(path, self._body()))

    def do_PATCH(self) -> None:
        path, _ = self._path()
        self._changes(path)
        self._say(_status(path), self.store.patch(path, self._body()))

    def do_POST(self) -> None:
        path, _ = self._path()
        body = self._body()
        if self._host().endswith(".vault.azure.net"):
            self._say(*self.store.keys.post(self._host(), path, body))
        elif path.endswith("/listKeys"):
            self._say(200, {"keys": []})
        else:
            self._say(200, {"nameAvailable": True, "value": []})

    def do_DELETE(self) -> None:
        path, _ = self._path()
        self._changes(path)
        if self._host().endswith(".vault.azure.net"):
            self._say(*self.store.keys.delete(self._host(), path))
            return
        status = self.store.delete(path)
        self._say(status, _error("ScopeLocked", path) if status == 409 else None)

    def _path(self) -> tuple[str, dict[str, list[str]]]:
        address = urlsplit(self.path)
        return address.path.rstrip("/").replace("//", "/"), parse_qs(address.query)

    def _host(self) -> str:
        return (self.headers.get("Host") or "").partition(":")[0]

    def _changes(self, path: str) -> None:
        self.store.asked.append(f"{self.command} {path}")

    def _body(self) -> dict[str, Any]:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found: dict[str, Any] = json.loads(content) if content else {}
        return found

    def _say(self, status: int, body: dict[str, Any] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        if status == _LATER:
            self.send_header("Azure-AsyncOperation", f"https://management.azure.com{_DONE}?api-version=1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def local_azure(directory: Path) -> Iterator[tuple[Store, dict[str, str]]]:
    """Yield what is on a local Azure, and the environment in which programs talk to it."""
    signed, key = certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    store = Store()
    handler = type("Azure", (_Azure,), {"store": store, "context": context})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, token_server() as token:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            proxy = f"http://127.0.0.1:{server.server_port}"
            yield store, {**token, "HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(signed)}
        finally:
            server.shutdown()


def _status(path: str) -> int:
    """Return how it is told that something was made: some clients do not take it when it is there at once."""
    if _ROLES in path.lower():
        return 201
    return _LATER if kind_of(path).startswith("microsoft.dbforpostgresql/") else 200


def _is_collection(path: str) -> bool:
    """Say whether a path names a kind of resources: ids are pairs of a kind and a name, and a provider."""
    behind = path.rpartition("/providers/")[2].strip("/").split("/")
    return len(behind) % 2 == (0 if "/providers/" in path else 1)


def _merged(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    merged = {**before, **after}
    if isinstance(before.get("properties"), dict) and isinstance(after.get("properties"), dict):
        merged["properties"] = {**before["properties"], **after["properties"]}
    return merged


def _error(code: str, path: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": f"{code}: {path}"}}
