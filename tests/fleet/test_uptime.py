"""Which addresses of a cluster are looked at from outside, by whom, and which are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.load import load_fleet
from deployer.fleet.model import Hub, UptimeCheck
from deployer.fleet.uptime import (
    LOCAL,
    OFF,
    SECRET,
    Check,
    Unchecked,
    addresses,
    by_the_cloud,
    by_the_cluster,
    checks,
)
from tests.render import fleets

if TYPE_CHECKING:
    from pathlib import Path

SUPPORT = """\
grafana: {ingress: {hosts: [grafana.example.org]}}
prometheus: {server: {ingress: {enabled: true, hosts: [prometheus.example.org]}}}
"""
ENCRYPTED = f"sops: {{}}\ngrafana: {{ingress: {{hosts: ['{fleets.ENCRYPTED}']}}}}\n"


def hub(text: str = "", **settings: Any) -> Hub:
    return fleets.hub(*([fleets.values_file("hub.values.yaml", text)] if text else []), **settings)


def only(found: Hub, provider: str = "gcp") -> Check | Unchecked:
    (each,) = addresses(fleets.cluster(provider, found))
    return each


def urls(*texts: str, **settings: Any) -> list[str]:
    files = tuple(fleets.values_file(f"{i}.yaml", text) for i, text in enumerate(texts))
    return [each.url for each in checks(fleets.cluster("gcp", support_files=files, **settings))]


def test_a_hub_has_to_answer_as_jupyterhub_at_its_domain() -> None:
    assert only(hub()) == Check(
        name="hub", owner="hub", host="hub.example.org", path="/hub/health", header="X-JupyterHub-Version"
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "jupyterhub: {ingress: {hosts: [hub.a.org, b.a.org]}}",
            "https://hub.a.org/hub/health",
        ),
        (
            "jupyterhub: {hub: {baseUrl: /lab/}}",
            "https://hub.example.org/lab/hub/health",
        ),
        ("jupyterhub: {hub: {baseUrl: lab}}", "https://hub.example.org/lab/hub/health"),
        ("jupyterhub: {ingress: {enabled: false}}", "https://hub.example.org/hub/health"),
    ],
)
def test_host_and_path_are_those_under_which_users_reach_the_hub(text: str, url: str) -> None:
    found = only(hub(text))
    assert isinstance(found, Check)
    assert found.url == url


def test_the_domain_for_now_counts_and_a_name_that_is_encrypted_is_told_to_nobody() -> None:
    now = fleets.values_file("domain.yaml", "domain: now.example.org")
    secret = fleets.values_file("enc-domain.secret.yaml", f"sops: {{}}\ndomain: '{fleets.ENCRYPTED}'")
    found = only(hub(domain_override=now))
    assert isinstance(found, Check)
    assert found.host == "now.example.org"
    hidden = Unchecked(name="hub", owner="hub", reason=SECRET)
    assert only(hub(domain_override=secret)) == hidden
    text = f"sops: {{}}\njupyterhub: {{ingress: {{hosts: ['{fleets.ENCRYPTED}']}}}}"
    assert only(hub(text)) == hidden


def test_another_address_is_asked_as_it_is() -> None:
    asked = UptimeCheck(address="https://door.example.org:8443/ready", status=204)
    found = only(hub(uptime_check=asked))
    assert found == Check(
        name="hub", owner="hub", host="door.example.org", port=8443, path="/ready", status=204
    )
    assert isinstance(found, Check)
    assert found.url == "https://door.example.org:8443/ready"
    short = only(hub(uptime_check=UptimeCheck(address="https://door.example.org")))
    assert isinstance(short, Check)
    assert short.url == "https://door.example.org/"


def test_who_wants_a_password_need_not_be_jupyterhub() -> None:
    found = only(hub(uptime_check=UptimeCheck(status=401)))
    assert isinstance(found, Check)
    assert (found.status, found.header) == (401, None)


def test_a_check_that_is_off_or_local_is_none() -> None:
    assert only(hub(uptime_check=None)) == Unchecked(name="hub", owner="hub", reason=OFF)
    assert only(hub(), "local") == Unchecked(name="hub", owner="hub", reason=LOCAL)
    files = (fleets.values_file("support.values.yaml", SUPPORT),)
    assert list(addresses(fleets.cluster("local", support_files=files))) == []


def test_grafana_and_prometheus_are_looked_at_where_they_are_served() -> None:
    files = (fleets.values_file("support.values.yaml", SUPPORT),)
    assert checks(fleets.cluster("gcp", support_files=files)) == (
        Check(
            name="support.grafana",
            owner="support",
            host="grafana.example.org",
            path="/api/health",
            text='"database"',
        ),
        Check(
            name="support.prometheus",
            owner="support",
            host="prometheus.example.org",
            path="/-/healthy",
            status=401,
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grafana: {enabled: false, ingress: {hosts: [g.org]}}", []),
        ("grafana: {ingress: {enabled: false, hosts: [g.org]}}", []),
        ("grafana: {ingress: {hosts: [g.org], path: /g}}", ["https://g.org/g/api/health"]),
        ("prometheus: {server: {ingress: {hosts: [p.org]}}}", []),
        (
            "prometheus: {server: {ingress: {enabled: true, hosts: [p.org/p]}}}",
            ["https://p.org/p/-/healthy"],
        ),
        ("prometheus: {enabled: false, server: {ingress: {enabled: true, hosts: [p.org]}}}", []),
        (ENCRYPTED, []),
    ],
)
def test_what_is_not_served_is_not_looked_at(text: str, expected: list[str]) -> None:
    assert urls(text) == expected


def test_what_a_cluster_shows_can_be_left_out() -> None:
    declared = fleets.document("support: {uptime_check: false}", "cluster.yaml")
    assert urls(SUPPORT, document=declared) == []


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_every_address_is_looked_at_once_by_the_cloud_or_by_the_cluster(provider: str) -> None:
    said = fleets.document("infrastructure: {uptime: {alert_emails: [a@b.org]}}", "cluster.yaml")
    files = (fleets.values_file("support.values.yaml", SUPPORT),)
    made = fleets.cluster(provider, hub(), support_files=files, document=said)
    cloud, own = ([each.name for each in of(made)] for of in (by_the_cloud, by_the_cluster))
    # To Route 53 a wanted password is no answer.
    left = ["support.prometheus"] if provider == "aws" else []
    assert own == left
    assert [*cloud, *own] == [each.name for each in checks(made)]


@pytest.mark.parametrize("text", ["{}", "infrastructure: {}"])
def test_without_the_clouds_checks_all_is_looked_at_by_the_cluster(text: str) -> None:
    made = fleets.cluster("gcp", hub(), document=fleets.document(text, "cluster.yaml"))
    assert (by_the_cloud(made), by_the_cluster(made)) == ((), checks(made))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", UptimeCheck()),
        ("uptime_check: true", UptimeCheck()),
        ("uptime_check: false", None),
        ("uptime_check: {expected_status: 401}", UptimeCheck(status=401)),
        ('uptime_check: {expected_status: "401"}', UptimeCheck(status=401)),
        ("uptime_check: {address: https://a.org/b}", UptimeCheck(address="https://a.org/b")),
    ],
)
def test_what_cluster_yaml_says_of_a_hub_arrives(
    tmp_path: Path, said: str, expected: UptimeCheck | None
) -> None:
    path = tmp_path / "config/clusters/alps/cluster.yaml"
    path.parent.mkdir(parents=True)
    entry = "{name: maths, domain: a.org, helm_chart: basehub, helm_chart_values_files: [], %s}"
    path.write_text(f"name: alps\nprovider: local\nhubs: [{entry % said}]\n")
    ((found,),) = (cluster.hubs for cluster in load_fleet(tmp_path).clusters)
    assert found.uptime_check == expected
