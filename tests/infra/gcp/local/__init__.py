"""A Google Cloud of this machine's own, as far as terraform/gcp goes: the real provider believes it.

It keeps what it is given and gives it back, with what the provider waits for. What Google refuses, it takes:
that names, roles, sizes and the like are right is not proven here, but that all is made in an order that can
be, that nothing is to change afterwards, and that all can go again.
"""

from __future__ import annotations

import copy
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.infra.gcp.local.kept import Call, Kept, NotThere
from tests.infra.gcp.local.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDPOINTS = {
    "ARTIFACT_REGISTRY": "artifactregistry/v1",
    "BACKUP_DR": "backupdr/v1",
    "BIGQUERY": "bigquery/v2",
    "BIG_QUERY": "bigquery/v2",
    "BILLING_BUDGETS": "budgets/v1",
    "CLOUD_BILLING": "billing/v1",
    "COMPUTE": "compute/v1",
    "CONTAINER": "container/v1",
    # The provider takes `/dns/` out of this one, and its library puts one in again, as the whole path.
    "DNS": "names/dns/v1",
    "FILESTORE": "file/v1",
    "IAM": "iam/v1",
    "IAM_BETA": "iam/v1",
    "KMS": "kms/v1",
    "LOGGING": "logging/v2",
    "MONITORING": "monitoring",
    "RESOURCE_MANAGER": "projects/v1",
    "SERVICE_USAGE": "services/v1",
    "SQL": "sql/v1beta4",
    "STORAGE": "storage/v1",
}
"""For the provider's variables of its products, where we have them."""


@contextmanager
def local_google() -> Iterator[tuple[dict[str, str], Kept]]:
    """Serve it, and give the environment in which the provider finds it, and what it keeps."""
    kept, lock = Kept(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                with lock:
                    found = copy.deepcopy(_answered(kept, self.command, self.path, raw))
                self.say(200, found)
            except NotThere as error:
                self.say(404, {"error": {"code": 404, "message": f"not there: {error}"}})

        def say(self, status: int, found: object) -> None:
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield (
            {f"GOOGLE_{name}_CUSTOM_ENDPOINT": f"{address}/{path}/" for name, path in ENDPOINTS.items()},
            kept,
        )
        server.shutdown()


def _answered(kept: Kept, method: str, address: str, raw: bytes) -> object:
    url = urlsplit(address)
    parts = [part for part in unquote(url.path).split("/") if part not in ("", "names")]
    service = parts[0].removeprefix("names")
    # A service, perhaps once more, and a version: what follows names the thing.
    while parts and (parts[0].removeprefix("names") == service or parts[0] in _VERSIONS):
        parts.pop(0)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    body = json.loads(raw) if raw.strip() else {}
    call = Call(service=service, method=method, path="/".join(parts), query=query, body=body)
    verb = call.path.rpartition(":")[2]
    if verb in ("getIamPolicy", "setIamPolicy"):
        return kept.policy(call, call.path.rpartition(":")[0])
    return SERVICES[service](kept, call)


_VERSIONS = ("v1", "v1beta4", "v2", "v3")
