"""The way in: a real Traefik with the arguments that are rendered, before an API server with a hub's Ingress.

`DEPLOYER_TRAEFIK` names a program `traefik` of the version that the chart pins, `DEPLOYER_SUPPORT_MIRROR` the
chart mirror with its chart. What stands for the hub is a server on loopback that tells what reached it.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet.manifests import objects
from deployer.fleet.model import Fleet
from deployer.operations.render import handed, manifests, rendered
from deployer.tools.kubernetes import connect, ensure_namespace
from tests.charts.making import built_helm
from tests.render import fleets
from tests.support.api_server import REPOSITORY, api_server, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.session import Session
    from deployer.tools.kubernetes import Api

pytestmark = pytest.mark.integration

PATIENCE = 60.0
HOST = "maths.example.org"
OLD = "old.example.org"


class Hub(BaseHTTPRequestHandler):
    """Tells what reached it; a request for a websocket is taken, and gets a word."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.wfile.write(b"word")
            return
        self._tell({"path": self.path, "headers": dict(self.headers)})

    def do_POST(self) -> None:
        self._tell({"received": len(self.rfile.read(int(self.headers["Content-Length"])))})

    def _tell(self, said: Mapping[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@dataclass
class Way:
    """The ports at which Traefik takes requests."""

    web: int
    websecure: int

    def connection(self, *, secure: bool = True) -> http.client.HTTPConnection:
        """Return a connection; the certificate is the test's own."""
        if not secure:
            return http.client.HTTPConnection("127.0.0.1", self.web, timeout=20)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.websecure, timeout=20, context=context)

    def get(self, path: str, host: str = HOST, *, secure: bool = True, **headers: str) -> tuple[int, str]:
        """Return the status of an answer, and where it leads or else what it says."""
        with closing(self.connection(secure=secure)) as connection:
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            body = answer.read().decode()
            return answer.status, answer.headers.get("Location") or body


@contextmanager
def hub() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def program() -> str:
    found = os.environ.get("DEPLOYER_TRAEFIK")
    if not found:
        pytest.skip("DEPLOYER_TRAEFIK names no Traefik")
    return found


@pytest.fixture
def arguments(session: Session) -> list[str]:
    """What the container of Traefik is started with."""
    mirror = os.environ.get("DEPLOYER_SUPPORT_MIRROR")
    if not mirror:
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no chart mirror with the charts that `support` pins")
    session = replace(session, chart_mirror=Path(mirror).absolute())
    own = fleets.cluster("kubeconfig")
    release = rendered(
        session, Fleet(root=REPOSITORY, clusters=(own,)), own, own.support, decrypt=False, download=False
    )
    text = manifests(session, release, helm=built_helm(REPOSITORY, "helm"), values=handed(release))
    deployments = {each["metadata"]["name"]: each for each in objects(text) if each["kind"] == "Deployment"}
    listed: list[str] = deployments["support-traefik"]["spec"]["template"]["spec"]["containers"][0]["args"]
    return listed


@pytest.fixture
def way(program: str, arguments: list[str], tmp_path: Path) -> Iterator[Way]:
    """A way in to a hub with the Ingress that hubs have."""
    ports = {name: free_port() for name in ("metrics", "traefik", "web", "websecure")}
    with api_server(tmp_path) as kubeconfig, hub() as at:
        api = connect(kubeconfig)
        _write(api, tmp_path, at)
        own = _own_arguments(arguments, ports, yaml.safe_load(kubeconfig.read_text()), tmp_path)
        with running(tmp_path / "traefik.log", program, *own):
            found = Way(web=ports["web"], websecure=ports["websecure"])
            _wait(found, tmp_path / "traefik.log")
            yield found


def _own_arguments(
    arguments: list[str], ports: Mapping[str, int], kubeconfig: Any, directory: Path
) -> list[str]:
    """Return the arguments, with ports of loopback and the way to the API server."""
    server = kubeconfig["clusters"][0]["cluster"]
    (directory / "ca.crt").write_bytes(base64.b64decode(server["certificate-authority-data"]))
    provider = "--providers.kubernetesingressnginx"
    kept = [each for each in arguments if ".address=" not in each]
    return [
        *kept,
        *(f"--entryPoints.{name}.address=127.0.0.1:{port}/tcp" for name, port in ports.items()),
        f"{provider}.endpoint={server['server']}",
        f"{provider}.token={kubeconfig['users'][0]['user']['token']}",
        f"{provider}.certAuthFilePath={directory}/ca.crt",
    ]


def _write(api: Api, directory: Path, port: int) -> None:
    for namespace in ("support", "maths"):
        ensure_namespace(api, namespace)
    metadata = {"name": "nginx"}
    controller = {"controller": "k8s.io/ingress-nginx"}
    api.create("/apis/networking.k8s.io/v1/ingressclasses", {"metadata": metadata, "spec": controller})
    entrypoint = {"type": "LoadBalancer", "ports": [{"port": 443}]}
    services = "/api/v1/namespaces/{}/services"
    api.create(services.format("support"), {"metadata": {"name": "cluster-entrypoint"}, "spec": entrypoint})
    # Endpoints on loopback are refused, a name that leads there is not.
    ports = [{"port": 80, "targetPort": port}]
    outside = {"type": "ExternalName", "externalName": "localhost", "ports": ports}
    api.create(services.format("maths"), {"metadata": {"name": "proxy-public"}, "spec": outside})
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    argv += ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "tls.key", "-out", "tls.crt"]
    subprocess.run(argv, cwd=directory, check=True, capture_output=True)
    data = {
        name: base64.b64encode((directory / name).read_bytes()).decode() for name in ("tls.crt", "tls.key")
    }
    secret = {"metadata": {"name": "https-auto-tls"}, "type": "kubernetes.io/tls", "data": data}
    api.create("/api/v1/namespaces/maths/secrets", secret)
    defaults = yaml.safe_load((REPOSITORY / "helm-charts/basehub/values.yaml").read_text())
    said = defaults["jupyterhub"]["ingress"]
    for name, host, ingress_class in (("jupyterhub", HOST, said["ingressClassName"]), ("old", OLD, None)):
        api.create(
            "/apis/networking.k8s.io/v1/namespaces/maths/ingresses",
            {
                "metadata": {"name": name, "annotations": said["annotations"]},
                "spec": _ingress(host, ingress_class),
            },
        )


def _ingress(host: str, ingress_class: str | None) -> dict[str, Any]:
    backend = {"service": {"name": "proxy-public", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    tls = [{"hosts": [host], "secretName": "https-auto-tls"}]
    named = {"ingressClassName": ingress_class} if ingress_class else {}
    return {**named, "rules": [{"host": host, "http": {"paths": paths}}], "tls": tls}


def _wait(way: Way, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if way.get("/hub/health")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the hub is not reached: {log.read_text()[-3000:]}")


def test_a_hubs_ingress_works_as_it_is(way: Way) -> None:
    status, said = way.get("/hub/login?next=%2Fa")
    found = json.loads(said)
    assert (status, found["path"]) == (200, "/hub/login?next=%2Fa")
    told = {key.lower(): value for key, value in found["headers"].items()}
    assert (told["host"], told["x-forwarded-proto"]) == (HOST, "https")
    assert told["x-forwarded-for"] == "127.0.0.1"

    assert way.get("/hub/login", secure=False) == (308, f"https://{HOST}/hub/login")
    assert way.get("/hub/login", OLD)[0] == 200, "without a class"
    assert way.get("/hub/login", "other.example.org")[0] == 404

    for path in ("/v2/gh/a/b/feature%2Fx", "/user/a%40b.org/files/50%25%20%23%3F%3B.txt"):
        status, said = way.get(path)
        assert (status, json.loads(said)["path"]) == (200, path)
    assert way.get("/a%00b")[0] == 400


def test_a_large_upload_and_a_kernels_socket_go_through(way: Way) -> None:
    with closing(way.connection()) as connection:
        # Twenty times what Traefik names as its limit: it counts only where requests are buffered.
        connection.request("POST", "/", body=b"x" * (20 << 20), headers={"Host": HOST})
        assert json.loads(connection.getresponse().read()) == {"received": 20 << 20}

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", way.websecure), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secured,
    ):
        lines = ["GET /user/a/api/kernels/1/channels HTTP/1.1", f"Host: {HOST}", "Connection: Upgrade"]
        lines += [
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        secured.sendall("\r\n".join([*lines, "", ""]).encode())
        said = b""
        while not said.endswith(b"word"):
            more = secured.recv(4096)
            assert more, said
            said += more
        assert said.startswith(b"HTTP/1.1 101 ")
