"""The Gateway for hubs that have a route, and the certificate for hosts that name none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.render.merge import merge
from deployer.render.support import layers
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

DEFAULTS = fleets.document("acme: {solvers: [{http01: {}}]}", "values.yaml")
ON = "gatewayAPI: {enabled: true}"
ROUTED = "jupyterhub: {httpRoute: {enabled: true}}"


def computed(cluster: Cluster) -> dict[str, Any]:
    found = layers(cluster, DEFAULTS, chart_files={})
    return dict(merge(layer for layer in found if layer.kind == "computed").values)


def cluster(text: str, **hubs: str) -> Cluster:
    made = [
        fleets.hub(fleets.values_file(f"{name}.yaml", said), name=name, domain=f"{name}.example.org")
        for name, said in hubs.items()
    ]
    return fleets.cluster("gcp", *made, support_files=(fleets.values_file("support.yaml", text),))


def hosts(cluster: Cluster) -> dict[str, str]:
    listeners = computed(cluster)["traefik"]["gateway"]["listeners"]
    return {name: each["hostname"] for name, each in listeners.items()}


def test_each_hub_with_a_route_has_a_listener_and_others_have_none() -> None:
    found = cluster(ON, maths=ROUTED, law="{}", art="jupyterhub: {httpRoute: {enabled: false}}")
    assert hosts(found) == {"hub-maths": "maths.example.org"}
    assert computed(found)["gatewayAPI"] == {"hosts": ["maths.example.org"]}


def test_the_host_is_the_one_that_the_hub_is_reached_at() -> None:
    named = "jupyterhub: {httpRoute: {enabled: true, hostnames: [a.example.net]}}"
    served = "jupyterhub: {httpRoute: {enabled: true}, ingress: {hosts: [b.example.net]}}"
    found = cluster(ON, one=named, two=served)
    assert hosts(found) == {"hub-one": "a.example.net", "hub-two": "b.example.net"}


def test_a_host_that_is_encrypted_has_no_listener() -> None:
    hub = fleets.hub(fleets.values_file("a.yaml", ROUTED), domain=fleets.ENCRYPTED)
    support = (fleets.values_file("support.yaml", ON),)
    assert "gateway" not in computed(fleets.cluster("gcp", hub, support_files=support))["traefik"]


def test_a_listener_is_at_the_port_of_traefik() -> None:
    text = f"{ON}\ntraefik: {{ports: {{websecure: {{port: 9443}}}}}}"
    (listener,) = computed(cluster(text, maths=ROUTED))["traefik"]["gateway"]["listeners"].values()
    assert listener["port"] == 9443


def test_challenges_of_those_hosts_come_through_the_gateway_and_the_others_as_before() -> None:
    through, other = computed(cluster(ON, maths=ROUTED))["acme"]["solvers"]
    assert through["selector"] == {"dnsNames": ["maths.example.org"]}
    (parent,) = through["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert (parent["name"], parent["sectionName"]) == ("traefik-gateway", "web")
    assert other == {"http01": {}}


@pytest.mark.parametrize("text", ["{}", "gatewayAPI: {enabled: false}"])
def test_without_the_switch_nothing_is_computed(text: str) -> None:
    found = computed(cluster(text, maths=ROUTED))
    assert not found.keys() & {"gatewayAPI", "traefik", "cert-manager", "external-dns", "acme"}


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("{secretName: hubs}", "hubs"),
        ("{dnsNames: ['*.example.org']}", "default-certificate"),
        ("{secretName: hubs, dnsNames: ['*.example.org']}", "hubs"),
        ("{}", None),
    ],
)
def test_traefik_is_told_of_the_default_certificate(said: str, secret: str | None) -> None:
    found = computed(cluster(f"defaultCertificate: {said}")).get("traefik")
    store = {"default": {"defaultCertificate": {"secretName": secret}}}
    provider = {"kubernetesCRD": {"enabled": True, "namespaces": ["support"]}}
    assert found == ({"tlsStore": store, "providers": provider} if secret else None)
