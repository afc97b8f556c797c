"""Hosts of the ingress and of its certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.hosts import RULES, ingress_hosts, tls_hosts
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_an_ingress_has_hosts(values: Making) -> None:
    message = "the ingress has no hosts: leave `hosts` out, and it has the hub's domain"
    for hosts in ("[]", "null"):
        assert found(ingress_hosts, values(f"jupyterhub: {{ingress: {{hosts: {hosts}}}}}")) == [
            f"1:1:24: {message}"
        ]


def test_each_host_has_a_certificate(values: Making) -> None:
    text = """\
    jupyterhub:
      ingress:
        hosts: [hub.example.org, a.example.org, b.c.example.org]
        tls: [{hosts: ["*.example.org"]}]
    """
    assert found(tls_hosts, values(text)) == [
        "1:3:45: no certificate covers `b.c.example.org`: add it to `ingress.tls`"
    ]


def test_hosts_of_one_s_own_take_a_certificate_of_one_s_own(values: Making) -> None:
    """The computed one is for the first host."""
    text = "jupyterhub: {ingress: {hosts: [a.org, b.org]}}"
    assert found(tls_hosts, values(text)) == [
        "1:1:39: no certificate covers `b.org`: add it to `ingress.tls`"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "jupyterhub: {ingress: {enabled: false, hosts: [], tls: []}}",
        "jupyterhub: {ingress: {hosts: [a.org, b.org], tls: [{secretName: a}]}}",
        "jupyterhub: {ingress: {hosts: [a.org, b.org], tls: []}}",
        f"jupyterhub: {{ingress: {{hosts: [a.org], tls: [{{hosts: ['{ENCRYPTED}']}}]}}}}",
        f"jupyterhub: {{ingress: {{hosts: [a.org, '{ENCRYPTED}'], tls: [{{hosts: [a.org]}}]}}}}",
        "jupyterhub: {ingress: {hosts: [1], tls: [2]}}",
    ],
    ids=[
        "computed",
        "off",
        "hosts of the certificate",
        "certificates elsewhere",
        "encrypted",
        "an encrypted host",
        "wrong types",
    ],
)
def test_other_ingresses_are_fine(values: Making, text: str) -> None:
    assert found(RULES, values(f"{text}\nsops: {{version: 1}}" if text != "{}" else text)) == []


def test_a_local_hub_has_no_ingress(values: Making) -> None:
    assert found(RULES, values("jupyterhub: {ingress: {hosts: []}}", provider="local")) == []
