"""Which addresses the cluster itself asks, and how."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.fleet.model import UptimeCheck
from deployer.render.support.subject import SupportSubject
from deployer.render.support.uptime import uptime
from tests.render import fleets

GRAFANA = "grafana: {ingress: {hosts: [grafana.example.org]}}"
HTTP = {"follow_redirects": False, "fail_if_not_ssl": True, "preferred_ip_protocol": "ip4"}


def computed(provider: str, *names: str, own: dict[str, Any] | None = None, **settings: Any) -> Any:
    cluster = fleets.cluster(provider, *(fleets.hub(name=name) for name in names), **settings)
    return uptime(SupportSubject(cluster=cluster, own=own or {}))


def target(owner: str, module: str, url: str) -> dict[str, Any]:
    labels = {"hub": owner, "namespace": owner, "instance": url}
    return {
        "targets": ["support-prometheus-blackbox-exporter:9115"],
        "labels": {**labels, "__param_module": module, "__param_target": url},
    }


def test_each_address_is_asked_in_the_way_that_it_has_to_answer() -> None:
    files = (fleets.values_file("support.values.yaml", GRAFANA),)
    hubs = [fleets.hub(), fleets.hub(name="exam", uptime_check=UptimeCheck(status=401))]
    cluster = fleets.cluster("kubeconfig", *hubs, support_files=files)
    header = {"header": "X-JupyterHub-Version", "regexp": ".+", "allow_missing": False}
    found = uptime(SupportSubject(cluster=cluster, own={}))
    assert found["prometheus-blackbox-exporter"] == {
        "enabled": True,
        "config": {
            "modules": {
                "hub_200": {
                    "prober": "http",
                    "timeout": "10s",
                    "http": {**HTTP, "valid_status_codes": [200], "fail_if_header_not_matches": [header]},
                },
                "any_401": {
                    "prober": "http",
                    "timeout": "10s",
                    "http": {**HTTP, "valid_status_codes": [401]},
                },
                "grafana_200": {
                    "prober": "http",
                    "timeout": "10s",
                    "http": {
                        **HTTP,
                        "valid_status_codes": [200],
                        "fail_if_body_not_matches_regexp": ['"database"'],
                    },
                },
            }
        },
    }
    assert found["prometheus"]["scrapeConfigs"] == {
        "uptime": {
            "metrics_path": "/probe",
            "scrape_interval": "30s",
            "scrape_timeout": "15s",
            "static_configs": [
                target("hub", "hub_200", "https://hub.example.org/hub/health"),
                target("exam", "any_401", "https://hub.example.org/hub/health"),
                target("support", "grafana_200", "https://grafana.example.org/api/health"),
            ],
        }
    }


@pytest.mark.parametrize("provider", ["azure", "gcp"])
def test_where_the_cloud_asks_nothing_is_there(provider: str) -> None:
    said = fleets.document("infrastructure: {uptime: {alert_emails: [a@b.org]}}", "cluster.yaml")
    assert computed(provider, "maths", document=said) == {}
    assert computed(provider, "maths")["prometheus-blackbox-exporter"]["enabled"] is True


def test_without_addresses_or_prometheus_nothing_is_there() -> None:
    assert computed("gcp") == {}
    assert computed("local", "maths") == {}
    assert computed("gcp", "maths", own={"prometheus": {"enabled": False}}) == {}
