"""A hub that goes down, as real programs see it: the exporter that asks its address, Prometheus, an alarm.

The exporter and Prometheus get what is computed for the support of a cluster. Times are shortened.
"""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.render.merge import merge
from deployer.render.support import layers
from tests.render import fleets
from tests.support.api_server import free_port, running
from tests.support.test_rules import FILES, program
from tests.tools.site import DAY, Authority, Site, authority, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

PATIENCE = 60.0
GRAFANA = "grafana: {ingress: {hosts: [grafana.example.org]}}"


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A Prometheus that runs."""

    port: int

    def probes(self) -> dict[str, bool]:
        """Return whether the address of each hub answered as it should, as far as it was asked."""
        found = self._ask("query?query=probe_success").get("result", [])
        return {each["metric"]["hub"]: each["value"][1] == "1" for each in found}

    def alarms(self) -> set[tuple[str, str]]:
        """Return each alarm about a hub that is raised, and about which."""
        raised = (each for each in self._ask("alerts").get("alerts", []) if each["state"] == "firing")
        labels = [each["labels"] for each in raised]
        return {(each["alertname"], each["hub"]) for each in labels if "hub" in each}

    def _ask(self, path: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=10) as answer:
                data: dict[str, Any] = json.load(answer)["data"]
        except OSError:  # not up yet
            return {}
        return data


def computed(*hubs: str) -> dict[str, Any]:
    """Return what is computed for the support of a cluster with these hubs and Grafana."""
    files = (fleets.values_file("support.values.yaml", GRAFANA),)
    cluster = fleets.cluster("kubeconfig", *(fleets.hub(name=name) for name in hubs), support_files=files)
    rules = {f"rules/{each.name}": each.read_text() for each in FILES}
    return dict(merge(layers(cluster, fleets.document("{}"), chart_files=rules)).values)


@contextmanager
def watching(directory: Path, ca: Authority, addresses: Mapping[str, int]) -> Iterator[Prometheus]:
    """Run the exporter and Prometheus for hubs, and for the support, that are at these ports of loopback."""
    programs = program("prometheus-blackbox-exporter"), program("prometheus")
    exporter, port = free_port(), free_port()
    values = computed(*(name for name in addresses if name != "support"))
    modules = values["prometheus-blackbox-exporter"]["config"]["modules"]
    for module in modules.values():
        module["http"]["tls_config"] = {"ca_file": str(ca.file)}
    job = values["prometheus"]["scrapeConfigs"]["uptime"]
    for target in job["static_configs"]:
        at = f"https://localhost:{addresses[target['labels']['hub']]}/hub/health"
        target["targets"] = [f"127.0.0.1:{exporter}"]
        target["labels"]["__param_target"] = at
    rules = values["prometheus"]["serverFiles"]["alerting_rules.yml"]
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        rule.pop("for", None)
    prometheus = {
        "global": {"evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "uptime", **job, "scrape_interval": "1s", "scrape_timeout": "1s"}],
    }
    texts = {"blackbox.yml": {"modules": modules}, "rules.yml": rules, "prometheus.yml": prometheus}
    for name, text in texts.items():
        (directory / name).write_text(yaml.safe_dump(text))
    with (
        running(
            directory / "exporter.log",
            programs[0],
            f"--config.file={directory}/blackbox.yml",
            f"--web.listen-address=127.0.0.1:{exporter}",
        ),
        running(
            directory / "prometheus.log",
            programs[1],
            f"--config.file={directory}/prometheus.yml",
            f"--storage.tsdb.path={directory}/prometheus",
            f"--web.listen-address=127.0.0.1:{port}",
        ),
    ):
        yield Prometheus(port=port)


def wait_until(what: Callable[[], object], expected: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while (found := what()) != expected:
        assert time.monotonic() < deadline, f"after {PATIENCE:g} s: {found}, not {expected}"
        time.sleep(0.1)


def test_a_hub_that_goes_down_raises_an_alarm_until_it_is_back(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    maths, law = Site(), Site()
    grafana = Site(headers={}, body=b'{"database": "ok"}')
    certificate = ca.certificate("localhost")
    with (
        served(maths, certificate) as one,
        served(law, certificate) as other,
        served(grafana, certificate) as third,
        watching(tmp_path, ca, {"maths": one, "law": other, "support": third}) as prometheus,
    ):
        wait_until(prometheus.probes, {"maths": True, "law": True, "support": True})
        assert prometheus.alarms() == set()
        maths.status = 503
        wait_until(prometheus.alarms, {("ProbeFailing", "maths")})
        maths.status = 200
        wait_until(prometheus.alarms, set())


def test_what_is_no_hub_is_down_though_it_answers(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    away = {"Location": "https://elsewhere.example.org/", "X-JupyterHub-Version": "5"}
    certificate = ca.certificate("localhost")
    with (
        served(Site(headers={}), certificate) as other,
        served(Site(status=302, headers=away), certificate) as redirect,
        served(Site(), ca.certificate("localhost", until=-DAY)) as expired,
        served(Site(), ca.certificate("other.example.org")) as name,
        served(Site(), ca.certificate("localhost", until=2 * DAY)) as soon,
        served(Site(headers={}, body=b"<html>"), certificate) as page,
        watching(
            tmp_path,
            ca,
            {
                "other": other,
                "redirect": redirect,
                "expired": expired,
                "name": name,
                "soon": soon,
                "support": page,
            },
        ) as prometheus,
    ):
        down = dict.fromkeys(("other", "redirect", "expired", "name", "support"), False)
        wait_until(prometheus.probes, {**down, "soon": True})
        wait_until(
            prometheus.alarms,
            {
                *(("ProbeFailing", hub) for hub in down),
                ("ServedCertificateExpires", "soon"),
                ("ServedCertificateExpiresSoon", "soon"),
            },
        )
