"""What a hub's own Grafana can find out: a real proxy of the chart's arguments before a real Prometheus."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from tests.hub.running_hub import free_port
from tests.support.test_rules import program

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

OBJECTS = Path(__file__).parent.parent / "golden/objects/dashboards.yaml"
MODULE = "github.com/prometheus-community/prom-label-proxy"
SERIES = b"""\
jupyterhub_running_servers{namespace="research"} 3
jupyterhub_running_servers{namespace="other"} 5
kube_node_labels{node="a"} 1
"""
PATIENCE = 30


class Told(BaseHTTPRequestHandler):
    """What exporters of two hubs tell."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(SERIES)

    def log_message(self, *_: object) -> None:
        pass


def pod() -> list[dict[str, Any]]:
    """Return the containers that the chart makes; the objects are compared elsewhere."""
    deployment = next(
        each for each in yaml.safe_load_all(OBJECTS.read_text()) if each["kind"] == "Deployment"
    )
    found: list[dict[str, Any]] = deployment["spec"]["template"]["spec"]["containers"]
    return found


def arguments(prometheus: str, listening: str) -> list[str]:
    """Return the proxy's arguments, at other addresses."""
    (proxy,) = (each for each in pod() if each["name"] == "this-hub-only")
    there = {"--upstream=": prometheus, "--insecure-listen-address=": listening}
    return [
        next((f"{name}{value}" for name, value in there.items() if each.startswith(name)), each)
        for each in proxy["args"]
    ]


@contextmanager
def running(*argv: str) -> Iterator[None]:
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[str]:
    found = shutil.which("prom-label-proxy")
    if found is None:
        pytest.skip(f"not installed: prom-label-proxy (`go install {MODULE}@v0.13.0`)")
    told = HTTPServer(("127.0.0.1", 0), Told)
    Thread(target=told.serve_forever, daemon=True).start()
    target = [{"targets": [f"127.0.0.1:{told.server_port}"]}]
    job = {"job_name": "told", "honor_labels": True, "scrape_interval": "1s", "static_configs": target}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [job]}))
    prometheus, listening = (f"127.0.0.1:{free_port()}" for _ in range(2))
    server = (
        program("prometheus"),
        f"--config.file={tmp_path}/prometheus.yml",
        f"--web.listen-address={prometheus}",
        f"--storage.tsdb.path={tmp_path}/data",
    )
    with ExitStack() as stack:
        stack.enter_context(told)
        stack.callback(told.shutdown)
        stack.enter_context(running(*server))
        stack.enter_context(running(found, *arguments(f"http://{prometheus}", listening)))
        wait_for(f"http://{prometheus}/api/v1/query?query=kube_node_labels")
        yield f"http://{listening}/api/v1"


def wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=PATIENCE).json()["data"]["result"]:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise AssertionError("Prometheus read nothing")


def asked(url: str, **parameters: str) -> Any:
    return requests.get(url, params=parameters, timeout=PATIENCE).json()["data"]


def test_it_sees_its_own_namespace_and_no_other(proxy: str) -> None:
    total = asked(f"{proxy}/query", query="sum(jupyterhub_running_servers)")["result"]
    assert [each["value"][1] for each in total] == ["3"]
    of_others = asked(f"{proxy}/query", query='jupyterhub_running_servers{namespace=~"other"}')["result"]
    assert {each["metric"]["namespace"] for each in of_others} == {"research"}
    assert asked(f"{proxy}/query", query="kube_node_labels")["result"] == []
    assert asked(f"{proxy}/label/namespace/values") == ["research"]
    series = asked(f"{proxy}/series", **{"match[]": '{__name__=~".+"}'})
    assert {each.get("namespace") for each in series} == {"research"}


@pytest.mark.parametrize(
    "path", ["status/config", "targets", "metadata", "status/tsdb", "admin/tsdb/snapshot"]
)
def test_the_rest_of_prometheus_is_not_there(proxy: str, path: str) -> None:
    assert requests.get(f"{proxy}/{path}", timeout=PATIENCE).status_code == 404


def test_grafana_asks_that_proxy_and_nothing_else() -> None:
    objects = list(yaml.safe_load_all(OBJECTS.read_text()))
    config = next(each for each in objects if each["metadata"]["name"] == "dashboards-config")
    sources = yaml.safe_load(config["data"]["datasources.yaml"])["datasources"]
    (grafana, proxy) = pod()
    assert [(each["url"], each["editable"]) for each in sources] == [("http://127.0.0.1:9091", False)]
    assert "--insecure-listen-address=127.0.0.1:9091" in proxy["args"]
    assert "--label-value=research" in proxy["args"]
    told = {each["name"]: each.get("value") for each in grafana["env"]}
    closed = {
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_AUTH_BASIC_ENABLED": "false",
        "GF_AUTH_DISABLE_LOGIN_FORM": "true",
        "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",
        "GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH": "'Viewer'",
    }
    assert {name: told[name] for name in closed} == closed
