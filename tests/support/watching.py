"""Real Prometheus and Alertmanager with what is computed for them, and who is measured and told of alarms."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import yaml

from deployer.render.merge import merge
from deployer.render.support import layers
from tests.render import fleets
from tests.support.api_server import free_port, running
from tests.support.test_rules import FILES, program
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 60.0
"""Seconds for an alarm to come, with the times of `watched`."""


@dataclass
class Neighbour:
    """What stands around: it tells whether the hub is available, and keeps what it is sent."""

    available: int = 1
    asked: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)

    def metrics(self) -> str:
        """Return what kube-state-metrics would tell."""
        about = '{namespace="maths", deployment="hub"}'
        return (
            f"kube_deployment_spec_replicas{about} 1\n"
            f"kube_deployment_status_replicas_available{about} {self.available}\n"
        )

    def alerts(self, status: str, name: str = "HubDown") -> list[dict[str, Any]]:
        """Return the alarms of a name that came with a status."""
        came = [alert for each in self.received for alert in each["alerts"]]
        return [each for each in came if (each["status"], each["labels"]["alertname"]) == (status, name)]

    def wait_for(self, status: str, name: str = "HubDown") -> dict[str, Any]:
        """Wait for an alarm of a name and a status, and return it."""
        wait_for(lambda: bool(self.alerts(status, name)), f"{name} {status}", seconds=PATIENCE)
        return self.alerts(status, name)[0]


@contextmanager
def served(neighbour: Neighbour, port: int) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            neighbour.asked += 1
            self._answer(neighbour.metrics().encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            neighbour.received.append(json.loads(body))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            # Prometheus 3 takes no measurements whose form is not told.
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def computed(**said: Any) -> dict[str, Any]:
    """Return what is computed for Prometheus' chart where `alarm` says this, with a hub `maths`."""
    contacts = {"technical": {"name": "Somebody", "email": "maths@example.org"}}
    file = fleets.values_file("support.values.yaml", yaml.safe_dump({"alarm": said}))
    cluster = fleets.cluster("gcp", fleets.hub(name="maths", contacts=contacts), support_files=(file,))
    files = {f"rules/{each.name}": each.read_text() for each in FILES}
    values = merge(layers(cluster, fleets.document("{}"), chart_files=files)).values
    found: dict[str, Any] = values["prometheus"]
    return found


def webhook(port: int, name: str = "alarm") -> dict[str, Any]:
    """Return a receiver: a webhook on loopback."""
    return {"webhook_configs": [{"url": f"http://127.0.0.1:{port}/{name}"}]}


@contextmanager
def watched(
    directory: Path, values: dict[str, Any], measured: int, *more: str, data: Path | None = None
) -> Iterator[tuple[str, str]]:
    """Run Prometheus and Alertmanager as computed, as long as the block does, with shortened times.

    Yields where both are. Prometheus asks what listens to the port `measured`, and Alertmanager; `more` are
    arguments for it.
    """
    programs = program("prometheus"), program("prometheus-alertmanager")
    alertmanager, prometheus = free_port(), free_port()
    write(directory, values, measured, alertmanager)
    with (
        running(
            directory / "alertmanager.log",
            programs[1],
            f"--config.file={directory}/alertmanager.yml",
            f"--storage.path={directory}/alertmanager",
            f"--web.listen-address=127.0.0.1:{alertmanager}",
            "--cluster.listen-address=",
        ),
        running(
            directory / "prometheus.log",
            programs[0],
            f"--config.file={directory}/prometheus.yml",
            f"--storage.tsdb.path={data or directory / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{prometheus}",
            *more,
        ),
    ):
        yield f"http://127.0.0.1:{prometheus}", f"http://127.0.0.1:{alertmanager}"


def write(directory: Path, values: dict[str, Any], measured: int, alertmanager: int) -> None:
    rules = values["serverFiles"]["alerting_rules.yml"]
    for group in rules["groups"]:
        group.pop("interval", None)
        for rule in group["rules"]:
            rule.pop("for", None)
    config = values["alertmanager"]["config"]
    config["templates"] = [str(FILES[0].parent.parent / "*.tmpl")]
    config["route"].update(group_wait="0s", group_interval="1s")
    prometheus = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s", **values["server"]["global"]},
        "rule_files": ["rules.yml"],
        "alerting": {
            **values["alertRelabelConfigs"],
            "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}],
        },
        "scrape_configs": [
            {
                "job_name": name,
                "honor_labels": True,
                "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }
            for name, port in {"a": measured, "alertmanager": alertmanager}.items()
        ],
    }
    texts = {"rules.yml": rules, "prometheus.yml": prometheus, "alertmanager.yml": config}
    for name, text in texts.items():
        (directory / name).write_text(yaml.safe_dump(text))
