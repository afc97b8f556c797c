"""A stand-in for Grafana on loopback: data sources, their health and annotations, as its API documents them.

It is strict: what the API does not have, or does not take, is refused as Grafana refuses it, and what it
would silently drop is kept in `wrong`. Read beside it: the pages `Data source API` and `Annotations API` of
Grafana's documentation, and its pkg/api/datasources.go.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

TOKEN = "glsa_marker-of-a-token"
READER = "glsa_token-of-a-viewer"
_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
_LISTED = (
    "id",
    "uid",
    "orgId",
    "name",
    "type",
    "access",
    "url",
    "basicAuth",
    "isDefault",
    "jsonData",
    "readOnly",
)
_TAKEN: dict[str, type] = {
    "uid": str,
    "name": str,
    "type": str,
    "access": str,
    "url": str,
    "basicAuth": bool,
    "basicAuthUser": str,
    "isDefault": bool,
    "jsonData": dict,
    "secureJsonData": dict,
}
_ANNOTATION: dict[str, type] = {"time": int, "timeEnd": int, "tags": list, "text": str}


class Answer(Exception):
    """What is answered when a request is not as it should be."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Grafana:
    """What a Grafana has. `sick` maps the uid of a data source to what is wrong with it.

    `wrong` are requests that Grafana would take and that are not as documented.
    """

    url: str = ""
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    sick: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    prefix: str = ""
    answers: threading.Event = field(default_factory=threading.Event)

    def source(self, uid: str, **more: Any) -> dict[str, Any]:
        """Have a data source, as somebody made it in the browser."""
        made = {"name": uid, "type": "prometheus", "access": "proxy", "url": "", "jsonData": {}}
        rest = {"basicAuth": False, "isDefault": False, "readOnly": False}
        self.sources[uid] = {**made, **rest, **more, "uid": uid}
        return self.sources[uid]

    def answer(self, method: str, path: str, body: Any, *, writes: bool) -> Any:
        """Return the answer to a request below `/api/`, made by somebody who may write or only read."""
        if (method, path) == ("GET", "datasources"):
            return [self._listed(each) for each in self.sources.values()]
        if not writes:
            raise Answer(403, "You'll need additional permissions to perform this action.")
        if (method, path) == ("POST", "datasources"):
            return self._add(body)
        if (method, path) == ("POST", "annotations"):
            return self._annotate(body)
        found = re.fullmatch(r"datasources/uid/([^/]+)(/health)?", path)
        if not found:
            raise Answer(404, "Not found")
        if found[1] not in self.sources:
            raise Answer(404, "Data source not found")
        if (method, found[2]) == ("GET", "/health"):
            return self._health(found[1])
        return self._change(method, self.sources[found[1]], body)

    def _listed(self, source: dict[str, Any]) -> dict[str, Any]:
        known = {"id": 1, "orgId": 1, **source}
        return {key: known[key] for key in _LISTED if key != "jsonData" or known[key]}

    def _add(self, body: Any) -> Any:
        self._check(body, _TAKEN, ("name", "type", "access"))
        if body["uid"] in self.sources:
            raise Answer(409, "data source with the same uid already exists")
        self._check_name(body)
        self._keep(body)
        return {"message": "Datasource added", "id": 1, "name": body["name"], "datasource": {}}

    def _change(self, method: str, source: dict[str, Any], body: Any) -> Any:
        if source["readOnly"]:
            raise Answer(403, "Cannot change read-only data source")
        if method == "DELETE":
            del self.sources[source["uid"]]
            return {"message": "Data source deleted", "id": 1}
        if method != "PUT":
            raise Answer(404, "Not found")
        self._check(body, _TAKEN, ("name", "type", "access"))
        if body["uid"] != source["uid"]:
            self.wrong.append(f"another uid: {body['uid']}")
        self._check_name(body)
        secrets = {**source.get("secureJsonData", {}), **body.get("secureJsonData", {})}
        # All is replaced but what is secret.
        del self.sources[source["uid"]]
        self._keep({**body, "secureJsonData": secrets})
        return {"message": "Datasource updated", "id": 1, "name": body["name"], "datasource": {}}

    def _keep(self, body: dict[str, Any]) -> None:
        self.source(body["uid"], **{key: value for key, value in body.items() if key != "uid"})

    def _check_name(self, body: Any) -> None:
        if any(each["name"] == body["name"] and each["uid"] != body["uid"] for each in self.sources.values()):
            raise Answer(409, "data source with the same name already exists")

    def _health(self, uid: str) -> Any:
        if uid in self.sick:
            raise Answer(400, self.sick[uid])
        return {"status": "OK", "message": "Successfully queried the Prometheus API."}

    def _annotate(self, body: Any) -> Any:
        self._check(body, _ANNOTATION, ("text",))
        if len(json.dumps(body["tags"], separators=(",", ":"))) > 500:
            raise Answer(400, "Tags length exceeds the maximum allowed.")
        self.annotations.append(body)
        return {"message": "Annotation added", "id": len(self.annotations)}

    def _check(self, body: Any, taken: dict[str, type], required: tuple[str, ...]) -> None:
        if not isinstance(body, dict) or not all(body.get(key) for key in required):
            raise Answer(400, "bad request data")
        self.wrong += [f"not taken: {key}" for key in body if key not in taken]
        self.wrong += [
            f"{key}: {body[key]!r}" for key, kind in taken.items() if type(body.get(key, kind())) is not kind
        ]
        if not _UID.fullmatch(body.get("uid", "x")):
            raise Answer(400, "uid is not valid")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    grafana: Grafana

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server calls them so

    def _serve(self) -> None:
        grafana = self.grafana
        grafana.requests.append(f"{self.command} {self.path}")
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        grafana.answers.wait(30)
        try:
            self._send(200, self._answered(text))
        except Answer as answer:
            self._send(answer.status, {"message": answer.message})

    def _answered(self, text: bytes) -> Any:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        start = f"{self.grafana.prefix}/api/"
        if not self.path.startswith(start):
            raise Answer(404, "Not found")
        if token not in (TOKEN, READER):
            raise Answer(401, "Invalid API key")
        if self.headers["Accept"] != "application/json":
            self.grafana.wrong.append("Accept")
        if text and self.headers["Content-Type"] != "application/json":
            raise Answer(415, "Unsupported Media Type")
        body = json.loads(text) if text else None
        return self.grafana.answer(self.command, self.path.removeprefix(start), body, writes=token == TOKEN)

    def _send(self, status: int, content: Any) -> None:
        text = json.dumps(content).encode()
        with suppress(ConnectionError):  # who was interrupted has gone
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(grafana: Grafana, *, tls: ssl.SSLContext | None = None) -> Iterator[Grafana]:
    """Serve a Grafana on loopback while the block runs; what it is asked has to be as documented."""
    grafana.answers.set()
    with _served(type("Handler", (_Handler,), {"grafana": grafana}), tls) as url:
        grafana.url = url + grafana.prefix
        yield grafana
    assert grafana.wrong == []


@contextmanager
def something_else(status: int, headers: dict[str, str], text: str) -> Iterator[tuple[str, list[str | None]]]:
    """Serve what is no Grafana; yield its address, and the tokens that it was sent."""
    tokens: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers.get("Authorization"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with _served(Handler, None) as url:
        yield url, tokens


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
