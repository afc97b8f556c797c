"""A Cloud Storage on this machine: buckets, and objects with generations, as far as Terraform uses them."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "/storage/v1/b"
UPLOAD = f"/upload{API}"


class Storage(ThreadingHTTPServer):
    """Holds what there is: settings of buckets by name, objects by bucket and name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.buckets: dict[str, dict[str, Any]] = {}
        self.objects: dict[tuple[str, str], tuple[int, bytes]] = {}
        self.lock = threading.Lock()
        self.generation = 0


class _Requests(BaseHTTPRequestHandler):
    server: Storage

    def do_GET(self) -> None:
        path, query = self._asked()
        if not path.startswith(API):
            bucket, _, name = path.strip("/").partition("/")
            self._give(bucket, name)
            return
        bucket, _, rest = path.removeprefix(API).strip("/").partition("/")
        if bucket not in self.server.buckets:
            self._answer(404, {"error": {"code": 404, "message": "The specified bucket does not exist."}})
        elif not rest:
            self._answer(200, self.server.buckets[bucket])
        elif rest == "o":
            prefix = query.get("prefix", "")
            names = [name for at, name in self.server.objects if at == bucket and name.startswith(prefix)]
            self._answer(
                200, {"kind": "storage#objects", "items": [self._object(bucket, name) for name in names]}
            )
        else:
            self._give(bucket, rest.removeprefix("o/"), told=query.get("alt") != "media")

    def do_POST(self) -> None:
        path, query = self._asked()
        body = self._body()
        if path == API:
            self._make(json.loads(body))
            return
        bucket = path.removeprefix(UPLOAD).strip("/").partition("/")[0]
        header = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        settings, content = _parts(header + body)
        about = json.loads(settings)
        with self.server.lock:
            at = (bucket, query.get("name") or about["name"])
            if query.get("ifGenerationMatch") == "0" and at in self.server.objects:
                self._answer(412, {"error": {"code": 412, "message": "conditionNotMet"}})
                return
            self.server.generation += 1
            self.server.objects[at] = (self.server.generation, content)
        self._answer(200, self._object(*at))

    def do_DELETE(self) -> None:
        path, _query = self._asked()
        bucket, _, rest = path.removeprefix(API).strip("/").partition("/")
        self.server.objects.pop((bucket, rest.removeprefix("o/")), None)
        self._answer(204, None)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return unquote(parts.path), {key: values[0] for key, values in parse_qs(parts.query).items()}

    def _make(self, settings: dict[str, Any]) -> None:
        name = settings["name"]
        self.server.buckets[name] = {
            "kind": "storage#bucket",
            "id": name,
            "selfLink": f"https://www.googleapis.com{API}/{name}",
            "projectNumber": "1",
            "timeCreated": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
            **settings,
        }
        self._answer(200, self.server.buckets[name])

    def _give(self, bucket: str, name: str, *, told: bool = False) -> None:
        if (bucket, name) not in self.server.objects:
            self._answer(404, {"error": {"code": 404, "message": "No such object"}})
        elif told:
            self._answer(200, self._object(bucket, name))
        else:
            generation, content = self.server.objects[bucket, name]
            self._answer(200, content, {"X-Goog-Generation": str(generation)})

    def _object(self, bucket: str, name: str) -> dict[str, Any]:
        generation, content = self.server.objects[bucket, name]
        return {
            "kind": "storage#object",
            "bucket": bucket,
            "name": name,
            "generation": str(generation),
            "metageneration": "1",
            "size": str(len(content)),
            "crc32c": base64.b64encode(b"0000").decode(),
        }

    def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        said = content if isinstance(content, bytes) else json.dumps(content).encode() if content else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)


def _parts(message: bytes) -> list[bytes]:
    """Return the parts of a message that has several."""
    parsed = BytesParser(policy=policy.HTTP).parsebytes(message)
    assert isinstance(parsed, EmailMessage)
    return [bytes(part.get_payload(decode=True)) for part in parsed.iter_parts()]


@contextmanager
def storage() -> Iterator[tuple[Storage, dict[str, str]]]:
    """Yield a Cloud Storage without anything in it, and the environment in which Terraform finds it."""
    with Storage() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/storage/v1/"
        try:
            yield (
                server,
                {
                    "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": address,
                    "GOOGLE_OAUTH_ACCESS_TOKEN": "nothing",
                    "GOOGLE_STORAGE_CUSTOM_ENDPOINT": address,
                },
            )
        finally:
            server.shutdown()
