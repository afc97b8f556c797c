"""What the chart support asks of cert-manager, Traefik and Gateway API, held against their definitions.

`DEPLOYER_SUPPORT_MIRROR` names a chart mirror with upstream's charts, and `gateway-api` in it has the files
that `gateway-api.sha256` names.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from deployer.charts.chart import find_chart
from deployer.charts.gateway_api import gateway_api
from deployer.fleet.manifests import objects
from deployer.fleet.model import Cluster, Fleet, Organisation
from deployer.operations.render import handed, manifests, rendered, with_values
from tests.charts.making import built_helm
from tests.charts.test_support_upstream import OUTPUTS
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.session import Session

pytestmark = pytest.mark.integration

Things = dict[str, dict[str, Any]]
EVERYTHING = """\
acme:
  server: https://acme.example.org/directory
  caBundle: "-----BEGIN CERTIFICATE-----"
  externalAccountBinding: {keyID: us, key: c2VjcmV0}
  staging: true
gatewayAPI: {enabled: true}
certificates: {given: {certificate: PEM, key: PEM}}
defaultCertificate: {dnsNames: ["*.a.example.org"]}
external-dns: {enabled: true}
"""
ROUTED = "jupyterhub: {httpRoute: {enabled: true}}"


@pytest.fixture
def session(session: Session) -> Session:
    """A session whose mirror has upstream's charts and definitions."""
    mirror = Path(os.environ.get("DEPLOYER_SUPPORT_MIRROR", "nowhere")).absolute()
    if not (mirror / "gateway-api").is_dir():
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no mirror with `gateway-api`")
    return replace(session, chart_mirror=mirror)


def cluster(provider: str, text: str) -> Cluster:
    routed = fleets.hub(fleets.values_file("maths.yaml", ROUTED), name="maths", domain="maths.a.example.org")
    return fleets.cluster(
        provider,
        routed,
        fleets.hub(name="biology", domain="biology.a.example.org"),
        support_files=(fleets.values_file("support.yaml", text),),
        organisation=Organisation(contact="ops@example.org"),
        outputs=OUTPUTS.get(provider, {}),
    )


def made(session: Session, repository: Path, of: Cluster) -> tuple[Things, Things]:
    """Return the objects of the support, and the definitions that it brings, by kind and name."""
    helm, fleet = built_helm(repository, "helm"), Fleet(root=repository, clusters=(of,))
    release = rendered(session, fleet, of, of.support, decrypt=False, download=False)
    found = objects(manifests(session, release, helm=helm, values=handed(release)))
    on = with_values(release, {"cert-manager": {"crds": {"enabled": True}}})
    text = manifests(session, release, helm=helm, values=on)
    own = (file for _package, file in release.chart.definitions)
    files = (*own, *gateway_api(session, find_chart(repository, "support")))
    brought = [*objects(text), *(each for file in files for each in objects(file.read_text()))]
    return by_name(found), by_name(each for each in brought if each["kind"] == "CustomResourceDefinition")


def by_name(found: Iterable[Mapping[str, Any]]) -> Things:
    return {f"{each['kind']}/{each['metadata']['name']}": dict(each) for each in found}


def strict(schema: Any) -> Any:
    """Return a schema that refuses the fields that an API server would drop."""
    if not isinstance(schema, dict):
        return schema
    own = {key: strict(value) if key == "items" else value for key, value in schema.items()}
    if "properties" in own:
        own["properties"] = {key: strict(value) for key, value in own["properties"].items()}
        if not own.get("x-kubernetes-preserve-unknown-fields"):
            own.setdefault("additionalProperties", False)
    return own


def problems(things: Things, definitions: Things) -> dict[str, list[str]]:
    """Return what definitions have against the objects that they are of, by object; known ones only."""
    known = {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): version["schema"]["openAPIV3Schema"]
        for spec in (each["spec"] for each in definitions.values())
        for version in spec["versions"]
    }
    found = {}
    for name, thing in things.items():
        schema = known.get((thing["apiVersion"], thing["kind"]))
        if schema is None:
            continue
        metadata = {"metadata": {"type": "object"}}
        whole = strict({**schema, "properties": {**schema["properties"], **metadata}})
        errors = jsonschema.Draft7Validator(whole).iter_errors(thing)
        found[name] = [f"{each.json_path}: {each.message}" for each in errors]
    return found


@pytest.mark.parametrize("provider", sorted(OUTPUTS))
def test_every_object_is_as_its_definition_says(session: Session, repository: Path, provider: str) -> None:
    things, definitions = made(session, repository, cluster(provider, EVERYTHING))
    found = problems(things, definitions)
    assert {name: each for name, each in found.items() if each} == {}
    assert set(found) == {
        "Certificate/default-certificate",
        "ClusterIssuer/letsencrypt-prod",
        "ClusterIssuer/letsencrypt-staging",
        "Gateway/traefik-gateway",
        "GatewayClass/traefik",
        "HTTPRoute/to-https",
        "TLSStore/default",
    }
    assert things["Secret/given"]["type"] == "kubernetes.io/tls"
    assert things["Secret/acme-account-binding"]["stringData"] == {"key": "c2VjcmV0"}


def test_a_definition_would_refuse_a_field_that_it_does_not_know(session: Session, repository: Path) -> None:
    things, definitions = made(session, repository, cluster("gcp", "issuer: {acme: {servr: x}}"))
    assert problems(things, definitions)["ClusterIssuer/letsencrypt-prod"] != []


def test_a_gateway_has_a_listener_and_a_certificate_for_each_hub_behind_it(
    session: Session, repository: Path
) -> None:
    things, _ = made(session, repository, cluster("kubeconfig", EVERYTHING))
    gateway = things["Gateway/traefik-gateway"]
    assert gateway["metadata"]["annotations"] == {"cert-manager.io/cluster-issuer": "letsencrypt-prod"}
    secure, plain = sorted(gateway["spec"]["listeners"], key=lambda each: str(each["name"]))
    assert (plain["name"], plain["port"], plain["protocol"]) == ("web", 8000, "HTTP")
    assert secure == {
        "name": "hub-maths",
        "hostname": "maths.a.example.org",
        "port": 8443,
        "protocol": "HTTPS",
        "tls": {"certificateRefs": [{"name": "hub-maths-tls"}]},
        "allowedRoutes": {
            "namespaces": {
                "from": "Selector",
                "selector": {"matchLabels": {"kubernetes.io/metadata.name": "maths"}},
            }
        },
    }
    assert things["HTTPRoute/to-https"]["spec"]["hostnames"] == ["maths.a.example.org"]
    solvers = things["ClusterIssuer/letsencrypt-prod"]["spec"]["acme"]["solvers"]
    parent = {"kind": "Gateway", "name": "traefik-gateway", "namespace": "support", "sectionName": "web"}
    assert solvers == [
        {
            "selector": {"dnsNames": ["maths.a.example.org"]},
            "http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}},
        },
        {"http01": {"ingress": {"ingressClassName": "nginx"}}},
    ]


def test_programs_are_told_of_the_gateway(session: Session, repository: Path) -> None:
    things, _ = made(session, repository, cluster("kubeconfig", EVERYTHING))
    config = yaml.safe_load(things["ConfigMap/support-cert-manager"]["data"]["config.yaml"])
    assert config["gatewayAPI"] == {"enabled": True}
    traefik, external_dns = (
        things[f"Deployment/support-{name}"]["spec"]["template"]["spec"]["containers"][0]["args"]
        for name in ("traefik", "external-dns")
    )
    assert "--providers.kubernetesgateway" in traefik
    assert "--providers.kubernetesgateway.statusaddress.service.name=cluster-entrypoint" in traefik
    assert "--source=gateway-httproute" in external_dns


def test_off_is_absent(session: Session, repository: Path) -> None:
    things, _ = made(session, repository, cluster("gcp", "acme: {staging: false}"))
    kinds = {name.partition("/")[0] for name in things}
    assert not kinds & {"Gateway", "GatewayClass", "HTTPRoute", "Certificate", "TLSStore"}
    assert [name for name in things if name.startswith("ClusterIssuer/")] == [
        "ClusterIssuer/letsencrypt-prod"
    ]
    assert "ConfigMap/support-cert-manager" not in things


def test_another_authority_issues_under_the_same_name(session: Session, repository: Path) -> None:
    text = "issuer: {ca: {secretName: ours}}\ncertificates: {ours: {certificate: PEM, key: PEM}}"
    things, definitions = made(session, repository, cluster("gcp", text))
    assert things["ClusterIssuer/letsencrypt-prod"]["spec"] == {"ca": {"secretName": "ours"}}
    assert problems(things, definitions) == {"ClusterIssuer/letsencrypt-prod": []}
    assert "Secret/ours" in things
