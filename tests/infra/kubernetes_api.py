"""As much of a Kubernetes API as an upgrade asks for: a local AWS has clusters, and nothing that runs there.

It is on this machine, over plain HTTP, and remembers what was patched.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Objects = dict[str, dict[str, Any]]

_AWS = """\
#!/bin/sh
# What the AWS command line does for a way into a cluster.
case "$1 $2" in
  "sts get-caller-identity") echo '{{"Account": "123456789012"}}' ;;
  "eks update-kubeconfig")
    for argument; do
      case "$argument" in --kubeconfig=*) cp '{kubeconfig}' "${{argument#--kubeconfig=}}" ;; esac
    done ;;
  *) exit 2 ;;
esac
"""


@dataclass
class Kubernetes:
    """Nodes and pods by name, each as the API has it."""

    nodes: Objects = field(default_factory=dict)
    pods: Objects = field(default_factory=dict)
    cordoned: threading.Event = field(default_factory=threading.Event)

    def add_node(self, name: str, group: str) -> None:
        labels = {"eks.amazonaws.com/nodegroup": group}
        self.nodes[name] = {"metadata": {"name": name, "labels": labels}, "spec": {}}

    def add_pod(self, name: str, node: str, **labels: str) -> None:
        metadata = {"name": name, "namespace": "research", "labels": labels}
        self.pods[name] = {
            "metadata": metadata,
            "spec": {"nodeName": node},
            "status": {"phase": "Running"},
        }

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any] | None:
        if path == "/api/v1/namespaces/kube-system":
            return {"metadata": {"name": "kube-system", "uid": "0"}}
        objects = {"/api/v1/nodes": self.nodes, "/api/v1/pods": self.pods}.get(path)
        selector = query.get("labelSelector", [""])[0]
        if objects is None:
            return None
        return {"items": [each for each in objects.values() if _selected(each, selector)]}

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        node = self.nodes.get(path.removeprefix("/api/v1/nodes/"))
        if node is None:
            return None
        _merge(node, body)
        if node["spec"].get("unschedulable"):
            self.cordoned.set()
        return node


def _selected(thing: dict[str, Any], selector: str) -> bool:
    key, equals, value = selector.partition("=")
    labels = thing["metadata"]["labels"]
    return not selector or (labels.get(key) == value if equals else key in labels)


def _merge(thing: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if isinstance(value, dict):
            _merge(thing.setdefault(key, {}), value)
        else:
            thing[key] = value


@contextmanager
def serving(kubernetes: Kubernetes, directory: Path) -> Iterator[Path]:
    """Serve it, and yield a directory with an `aws` that gives people the way to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            self._tell(kubernetes.answer(url.path, parse_qs(url.query)))

        def do_PATCH(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self._tell(kubernetes.patch(self.path, json.loads(content)))

        def _tell(self, answer: dict[str, Any] | None) -> None:
            content = json.dumps(answer or {"message": "not found"}).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield _way_in(directory, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _way_in(directory: Path, address: str) -> Path:
    directory.mkdir()
    kubeconfig = directory / "kubeconfig"
    named = {"cluster": "alps", "user": "somebody"}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "alps", "cluster": {"server": address}}],
        "users": [{"name": "somebody", "user": {"token": "none"}}],
        "contexts": [{"name": "alps", "context": named}],
        "current-context": "alps",
    }
    kubeconfig.write_text(json.dumps(content))
    program = directory / "aws"
    program.write_text(_AWS.format(kubeconfig=kubeconfig))
    program.chmod(0o755)
    return directory
