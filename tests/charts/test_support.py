"""The chart support: its pins, its defaults, its schema."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer.charts.chart import Chart, find_chart, needed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN_KEYS = {
    "global",
    "entrypoint",
    "ingressClass",
    "acme",
    "gatewayAPI",
    "issuer",
    "certificates",
    "defaultCertificate",
    "storageClasses",
    "prometheusAuthSecret",
    "nvidiaDevicePlugin",
    "alarm",
    "dashboards",
    "grafanaSignIn",
    "placeholders",
    "placeholderImage",
    "disableCoredumps",
    "podSecurity",
}
WITHOUT_EFFECT = {
    "calico",
    "fluent-bit",
    "jupyterhub-cost-monitoring",
    "nginx-ingress",
    "prometheusStorageClass",
    "reflector",
}
PUBLISHED_ELSEWHERE = {"traefik", "cert-manager", "prometheus", "prometheus-blackbox-exporter"}
"""Charts whose repositories tell hashes to nobody but who reaches them."""


@pytest.fixture
def support(repository: Path) -> Chart:
    return find_chart(repository, "support")


@pytest.fixture
def schema(support: Chart) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((support.directory / "values.schema.json").read_text())
    return loaded


def test_the_lock_fits_and_every_version_is_exact(support: Chart) -> None:
    asked = [entry["version"] for entry in support.metadata["dependencies"]]
    assert [dependency.version for dependency in support.dependencies] == asked
    assert (support.directory / "Chart.lock").exists()


def test_recorded_hashes_are_of_packages_that_are_wanted(support: Chart) -> None:
    wanted = {each.file_name for each in support.dependencies if each.name not in PUBLISHED_ELSEWHERE}
    assert set(support.hashes) == wanted
    assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in support.hashes.values())


def test_every_dependency_can_be_left_out(support: Chart) -> None:
    assert [each.condition for each in support.dependencies] == [
        f"{each.name}.enabled" for each in support.dependencies
    ]


def test_what_only_some_clouds_want_is_off_by_default(support: Chart) -> None:
    found = {each.name for each in needed(support, support.defaults.data)}
    assert found == {"traefik", "cert-manager", "prometheus", "grafana"}


def test_each_dependency_has_its_key_in_the_schema(support: Chart, schema: dict[str, Any]) -> None:
    known = {each.name for each in support.dependencies}
    assert set(schema["properties"]) == known | OWN_KEYS | WITHOUT_EFFECT


def test_the_defaults_fit_the_schema(support: Chart, schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(support.defaults.data)


@pytest.mark.parametrize(
    "values",
    [
        {"ingress-nginx": {}},
        {"traefik": {"enabled": "yes"}},
        {"entrypoint": {"externalTrafficPolicy": "local"}},
        {"entrypoint": {"loadBalancerSourceRanges": ["192.0.2.1"]}},
        {"acme": {"solvers": []}},
        {"acme": {"caBundle": "/etc/ssl/ca.pem"}},
        {"certificates": {"hubs": {"certificate": "PEM"}}},
        {"alarm": {"urgent": {"email_configs": []}}},
        {"alarm": {"critical": {"email": []}}},
        {"alarm": {"critical": {"webhook_config": [{"url": "https://a.org"}]}}},
        {"alarm": {"critical": {"webhook_configs": [{"uri": "https://a.org"}]}}},
        {"alarm": {"critical": {"webhook_configs": [{}]}}},
        {"alarm": {"critical": {"webhook_configs": []}}},
        {"alarm": {"warning": {"pagerduty_configs": [{"description": "A"}]}}},
        {"alarm": {"warning": {"slack_configs": [{"channel": "#a"}]}}},
        {"alarm": {"hubs": {"a": {"critical": {"email_configs": [{"smarthost": "mx:25"}]}}}}},
        {"alarm": {"mail": {"smarthost": "mx", "from": "a@b.org"}}},
        {"alarm": {"mail": {"smarthost": "mx:25", "from": "a@b.org", "contacts": ["urgent"]}}},
        {"alarm": {"runbooks": "https://docs.example.org"}},
        {"storageClasses": {"fast": {}}},
        {"dashboards": {"mine": {"title": "Mine"}}},
        {"grafanaSignIn": {"github": {"client_id": "id"}}},
        {"grafanaSignIn": {"oidc": {"client_id": "id", "client_secret": "s"}}},
        {"grafanaSignIn": {kind: {"client_id": "id", "client_secret": "s"} for kind in ("github", "google")}},
        {"placeholders": {"notebooks": {"places": 2}}},
        {"placeholders": {"Notebooks": {"places": 2, "memory": "1Gi"}}},
        {"placeholders": {"a": {"places": 2, "memory": "1Gi", "weekly": {"starts": "8:45", "hours": 1}}}},
        {"disableCoredumps": True},
        {"podSecurity": {"enforce": "strict"}},
    ],
)
def test_the_schema_refuses_what_nobody_reads(values: dict[str, Any], schema: dict[str, Any]) -> None:
    assert not jsonschema.Draft7Validator(schema).is_valid(values)


@pytest.mark.parametrize(
    "receiver",
    [
        {"webhook_configs": [{"url": "https://a.org"}, {"url_file": "/a"}]},
        {"pagerduty_configs": [{"routing_key": "k"}, {"service_key_file": "/k"}]},
        {"slack_configs": [{"api_url": "https://a.org"}, {"app_token": "t", "channel": "#a"}]},
        {"email_configs": [{"to": "a@b.org", "smarthost": "mx:25"}]},
        {"telegram_configs": [{"bot_token": "t", "chat_id": 1}]},
    ],
)
def test_the_schema_takes_each_way_to_tell_somebody(receiver: dict[str, Any], schema: dict[str, Any]) -> None:
    people = {"critical": receiver, "watchdog": receiver, "hubs": {"a": {"warning": receiver}}}
    jsonschema.Draft7Validator(schema).validate({"alarm": people})


def test_every_part_of_the_schema_is_described(schema: dict[str, Any]) -> None:
    def parts(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield part
        for inner in (*part.get("properties", {}).values(), *part.get("definitions", {}).values()):
            yield from parts(inner)
        if isinstance(part.get("additionalProperties"), dict):
            yield from parts(part["additionalProperties"])

    assert [part for part in parts(schema) if not part.get("description")] == []
