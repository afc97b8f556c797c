"""The addresses of a fleet: whatever form charts give to hosts and paths, and none that is a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.fleet.rules.services import services
from tests.fleet.rules.fleets import write

if TYPE_CHECKING:
    from pathlib import Path

HUB = "research.example.org/"
SECRET = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"


@pytest.mark.parametrize(
    ("values", "addresses"),
    [
        ("", [HUB]),
        ("jupyterhub: {hub: {baseUrl: /a/}}", ["research.example.org/a/"]),
        ("jupyterhub: {hub: {baseUrl: a}, ingress: {pathSuffix: b}}", ["research.example.org/a/b/"]),
        ("jupyterhub: {ingress: {hosts: [b.org, c.org]}}", ["b.org/", "c.org/", HUB]),
        ("jupyterhub: {ingress: {hosts: []}}", [HUB]),
        ("jupyterhub: {ingress: {hosts: null}}", [HUB]),
        ("jupyterhub: {ingress: {enabled: false, hosts: [b.org]}}", [HUB]),
        (f"jupyterhub: {{ingress: {{hosts: ['{SECRET}']}}}}", [HUB]),
        ("jupyterhub: {ingress: text}", [HUB]),
        ("jupyterhub: []", [HUB]),
        ("binderhub-service: {enabled: true, ingress: {enabled: true, hosts: [b.org]}}", [HUB, "b.org/"]),
        ("binderhub-service: {ingress: {enabled: true, hosts: [b.org]}}", [HUB]),
        ("binderhub-service: {enabled: true, ingress: {hosts: [b.org]}}", [HUB]),
        (
            """binderhub-service: {enabled: true, ingress: {enabled: true, hosts: [b.org]},
            config: {BinderHub: {base_url: /services/binder}}}""",
            [HUB, "b.org/services/binder/"],
        ),
        ("a: {enabled: true, ingress: {enabled: true, hosts: [1, null, [], {}]}}", [HUB]),
        ("ingress: {enabled: true, hosts: [b.org]}", [HUB]),
    ],
)
def test_a_hub_is_where_its_files_say(tmp_path: Path, values: str, addresses: list[str]) -> None:
    fleet, _ = load(write(tmp_path, values=values))
    assert [f"{service.host}{service.path}" for service in services(fleet)] == addresses


@pytest.mark.parametrize(
    ("values", "addresses"),
    [
        ("grafana: {ingress: {enabled: true, hosts: [g.org]}}", ["g.org/"]),
        ("grafana: {ingress: {enabled: true, path: /grafana/, hosts: [g.org]}}", ["g.org/grafana/"]),
        ("grafana: {ingress: {hosts: [g.org]}}", []),
        ("grafana: {enabled: false, ingress: {enabled: true, hosts: [g.org]}}", []),
        ("prometheus: {server: {ingress: {enabled: true, hosts: [p.org/a/b]}}}", ["p.org/a/b/"]),
        ("a: {ingress: {enabled: true, hosts: [{host: a.org, paths: [{path: /}]}]}}", ["a.org/"]),
        ("a: {ingress: {enabled: true, hosts: ['https://a.org/b']}}", ["https://a.org/b/"]),
        ("a: {b: {c: {d: {e: {ingress: {enabled: true, hosts: [too.deep]}}}}}}", []),
    ],
)
def test_what_a_cluster_runs_for_all_hubs_has_addresses_too(
    tmp_path: Path, values: str, addresses: list[str]
) -> None:
    fleet, _ = load(write(tmp_path, support=values))
    assert [f"{service.host}{service.path}" for service in services(fleet)] == [*addresses, HUB]


def test_a_hidden_domain_is_no_address(tmp_path: Path) -> None:
    cluster = "    domain_override_file: enc-domain.secret.yaml\n"
    root = write(tmp_path, cluster=cluster)
    hidden = f"domain: {SECRET}\nsops: {{version: 3.9.0}}\n"
    (root / "config/clusters/campus/enc-domain.secret.yaml").write_text(hidden)
    assert list(services(load(root)[0])) == []
