"""Which records a cluster needs: by its files, and by the address that it has."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.fleet.model import Cluster, Fleet, Organisation
from deployer.operations import render
from deployer.operations.dns import entrance
from deployer.operations.dns.plan import Plan, plan
from tests.operations.fake_api import FakeApi
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Installed
    from deployer.session import Session

BINDER = """\
binderhub-service: {enabled: true, ingress: {enabled: true, hosts: [binder.example.org]}}
"""
SUPPORT = """\
grafana: {ingress: {hosts: [grafana.example.org]}}
prometheus:
  server: {ingress: {enabled: true, hosts: [prometheus.example.org/metrics]}}
"""
ROUTED = "jupyterhub: {httpRoute: {enabled: true}}"


def cluster(*hub_texts: str, support: str = SUPPORT, **settings: Any) -> Cluster:
    hubs = [
        fleets.hub(fleets.values_file(f"{i}.yaml", text), name=f"h{i}", domain=f"h{i}.example.org")
        for i, text in enumerate(hub_texts)
    ]
    files = (fleets.values_file("support.yaml", support),)
    known = {"organisation": Organisation(contact="ops@example.org"), **settings}
    return fleets.cluster("gcp", *hubs, support_files=files, **known)


def planned(session: Session, repository: Path, of: Cluster, *said: str, **more: Any) -> Plan:
    asked = {"hubs": of.hubs, "whole": True, **more}
    return plan(session, Fleet(root=repository, clusters=(of,)), of, said=said, **asked)


def test_every_host_that_is_served_needs_a_record(session: Session, repository: Path) -> None:
    found = planned(session, repository, cluster("{}", BINDER), "192.0.2.1", "2001:db8::1")
    assert [(each.name, each.owner) for each in found.wanted] == [
        ("h0.example.org", "h0"),
        ("h1.example.org", "h1"),
        ("binder.example.org", "h1"),
        ("prometheus.example.org", "support"),
        ("grafana.example.org", "support"),
    ]
    assert [record.line() for record in found.wanted[0].records] == [
        "h0.example.org. 300 IN A 192.0.2.1",
        "h0.example.org. 300 IN AAAA 2001:db8::1",
    ]
    assert found.authority == "letsencrypt.org"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([""], "no address of a cluster: nothing"),
        (["300.1.1.1"], "no address of a cluster: 300.1.1.1"),
        (["https://lb.example.net"], "no address of a cluster: https://lb.example.net"),
        (["lb example.net"], "no address of a cluster: lb example.net"),
        (["192.0.2.1", "lb.example.net"], "a cluster is reached at IP addresses, or at one name"),
    ],
)
def test_what_can_be_in_no_record_is_refused(
    session: Session, repository: Path, said: list[str], message: str
) -> None:
    with pytest.raises(DeployerError, match=f"^{re.escape(message)}$"):
        planned(session, repository, cluster("{}"), *said)


def test_an_address_that_is_said_twice_is_one_record(session: Session, repository: Path) -> None:
    found = planned(session, repository, cluster("{}"), "192.0.2.1", "192.0.2.1", whole=False)
    assert [record.line() for record in found.records()] == ["h0.example.org. 300 IN A 192.0.2.1"]


def test_a_load_balancer_with_a_name_makes_aliases(session: Session, repository: Path) -> None:
    found = planned(session, repository, cluster("{}"), "lb.example.net.", whole=False)
    assert [record.line() for record in found.records()] == ["h0.example.org. 300 IN CNAME lb.example.net."]


def test_a_hub_behind_the_gateway_needs_one_too(session: Session, repository: Path) -> None:
    of = cluster(ROUTED, support="gatewayAPI: {enabled: true}")
    found = planned(session, repository, of, "192.0.2.1")
    assert [each.name for each in found.wanted] == ["h0.example.org"]


def test_an_encrypted_host_is_decrypted_and_nothing_else_is(
    session: Session, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def decrypted(_session: Session, owner: Installed) -> dict[str, Any]:
        asked.append(owner.name)
        return {"1.yaml": {"jupyterhub": {"ingress": {"hosts": ["secret.example.org"]}}}}

    monkeypatch.setattr(render, "decrypted", decrypted)
    other = f"jupyterhub: {{hub: {{cookieSecret: '{fleets.ENCRYPTED}'}}}}\nsops: {{}}"
    hosts = f"jupyterhub: {{ingress: {{hosts: ['{fleets.ENCRYPTED}']}}}}\nsops: {{}}"
    found = planned(session, repository, cluster(other, hosts), "192.0.2.1", whole=False)
    assert [each.name for each in found.wanted] == ["h0.example.org", "secret.example.org"]
    assert asked == ["h1"]


@pytest.mark.parametrize(
    "support",
    ["acme: {server: 'https://acme.example.org/directory'}", "issuer: {ca: {secretName: ours}}"],
)
def test_who_else_issues_is_not_known_by_caa(session: Session, repository: Path, support: str) -> None:
    assert planned(session, repository, cluster(support=support), "192.0.2.1").authority is None


def test_a_zone_of_the_cluster_s_own_has_its_place_in_the_one_above(
    session: Session, repository: Path
) -> None:
    zone = {"zone": "example.org", "id": "z", "identity": "i", "name_servers": ["ns.example.net."]}
    found = planned(session, repository, cluster(outputs={"dns": zone}), "192.0.2.1", whole=False)
    assert [record.line() for record in found.records()] == ["example.org. 300 IN NS ns.example.net."]
    assert found.written_for_us("h0.example.org")
    assert not found.written_for_us("h0.example.net")


def in_cluster(monkeypatch: pytest.MonkeyPatch, api: FakeApi) -> None:
    @contextmanager
    def connected(*_args: object) -> Iterator[Any]:
        yield type("Connection", (), {"api": api})

    monkeypatch.setattr(entrance, "connected", connected)


@pytest.mark.parametrize("given", [{"ip": "192.0.2.1"}, {"hostname": "lb.example.net"}])
def test_the_address_is_that_of_the_service(
    session: Session, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    api = FakeApi()
    api.put(entrance.SERVICE, {"status": {"loadBalancer": {"ingress": [given]}}})
    in_cluster(monkeypatch, api)
    found = entrance.entrance(session, cluster(), ())
    assert (*found.addresses, *found.names) == tuple(given.values())


def test_a_cluster_without_an_address_says_what_to_do(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FakeApi()
    in_cluster(monkeypatch, api)
    with pytest.raises(DeployerError, match="no Service `cluster-entrypoint` yet") as caught:
        entrance.entrance(session, cluster(), ())
    assert caught.value.hint == "run `deployer deploy gcp --support`, or say the address: `--address ADDRESS`"
    api.put(entrance.SERVICE, {"status": {"loadBalancer": {}}})
    with pytest.raises(DeployerError, match="no address yet"):
        entrance.entrance(session, cluster(), ())


def test_nothing_leads_into_a_local_cluster(session: Session) -> None:
    with pytest.raises(DeployerError, match="local: nothing leads into a local cluster from outside"):
        entrance.entrance(session, fleets.cluster("local"), ())
