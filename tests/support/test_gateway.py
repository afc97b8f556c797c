"""The Gateway: what is rendered for it, before a real API server with its definitions, and a real Traefik.

`DEPLOYER_SUPPORT_MIRROR` names the chart mirror with the charts and, in `gateway-api`, the definitions;
`DEPLOYER_TRAEFIK` a program `traefik` of the version that the chart pins. No hub is behind it: routes take no
Service that leads out of a cluster, and an endpoint on loopback is refused.
"""

from __future__ import annotations

import base64
import os
import socket
import ssl
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts.chart import find_chart
from deployer.charts.gateway_api import gateway_api
from deployer.fleet.manifests import objects
from deployer.fleet.model import Fleet
from deployer.operations.deploy.gateway_api import definitions
from deployer.operations.render import handed, manifests, rendered
from deployer.render.computed import ingress
from deployer.render.subject import Subject
from deployer.tools.kubernetes import Api, NotFound, connect, ensure_namespace
from tests.charts.making import built_helm
from tests.render import fleets
from tests.support.api_server import REPOSITORY, api_server, free_port, running
from tests.support.test_way_in import Way
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster
    from deployer.session import Session

pytestmark = pytest.mark.integration

PATIENCE = 90.0

HOST = "maths.example.org"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GROUP = "/apis/gateway.networking.k8s.io/v1"
GATEWAY = f"{GROUP}/namespaces/support/gateways/traefik-gateway"
PLURALS = {"Gateway": "gateways", "GatewayClass": "gatewayclasses", "HTTPRoute": "httproutes"}


@dataclass(frozen=True, kw_only=True)
class Site:
    """An API server that has what the support and a hub have of the Gateway, and the arguments of Traefik."""

    session: Session
    api: Api
    kubeconfig: Path
    arguments: tuple[str, ...]
    way: Way


@pytest.fixture
def site(session: Session, tmp_path: Path) -> Iterator[Site]:
    mirror = Path(os.environ.get("DEPLOYER_SUPPORT_MIRROR", "nowhere")).absolute()
    if not (mirror / "gateway-api").is_dir():
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no mirror with `gateway-api`")
    session = replace(session, chart_mirror=mirror)
    way = Way(web=free_port(), websecure=free_port())
    cluster = of_ports(way)
    things = of_support(session, cluster)
    arguments = next(
        each["spec"]["template"]["spec"]["containers"][0]["args"]
        for each in things
        if each["kind"] == "Deployment" and each["metadata"]["name"] == "support-traefik"
    )
    with api_server(tmp_path) as kubeconfig:
        api = connect(kubeconfig)
        define(api, session)
        for namespace in ("support", "maths", "thief"):
            ensure_namespace(api, namespace)
        for each in things:
            if each["kind"] in PLURALS:
                create(api, each, None if each["kind"] == "GatewayClass" else "support")
        certificate(api, tmp_path)
        service(api)
        for namespace in ("maths", "thief"):
            create(api, route_of_hub(cluster), namespace)
        yield Site(session=session, api=api, kubeconfig=kubeconfig, arguments=tuple(arguments), way=way)


def of_ports(way: Way) -> Cluster:
    """A cluster whose hub is behind the Gateway, which is at these ports."""
    text = f"""\
gatewayAPI: {{enabled: true}}
traefik:
  ports: {{web: {{port: {way.web}}}, websecure: {{port: {way.websecure}}}}}
  gateway: {{listeners: {{web: {{port: {way.web}}}}}}}
"""
    values = fleets.values_file("maths.yaml", "jupyterhub: {httpRoute: {enabled: true}}")
    hub = fleets.hub(values, name="maths", domain=HOST)
    return fleets.cluster("kubeconfig", hub, support_files=(fleets.values_file("support.yaml", text),))


def of_support(session: Session, cluster: Cluster) -> list[Mapping[str, Any]]:
    fleet = Fleet(root=REPOSITORY, clusters=(cluster,))
    release = rendered(session, fleet, cluster, cluster.support, decrypt=False, download=False)
    return list(
        objects(manifests(session, release, helm=built_helm(REPOSITORY, "helm"), values=handed(release)))
    )


def route_of_hub(cluster: Cluster) -> Mapping[str, Any]:
    """Return the route that z2jh makes of the values that are computed for a hub."""
    (hub,) = cluster.hubs
    own = {"jupyterhub": {"httpRoute": {"enabled": True}}}
    subject = Subject(cluster=cluster, hub=hub, host=HOST, own=own, hub_python={})
    said = ingress(subject)["jupyterhub"]["httpRoute"]
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "jupyterhub"},
        "spec": {
            "parentRefs": [{"kind": "Gateway", **said["gateway"]}],
            "hostnames": said["hostnames"],
            "rules": [{"backendRefs": [{"name": "proxy-public", "port": 80}]}],
        },
    }


def define(api: Api, session: Session) -> None:
    names = []
    for file in gateway_api(session, find_chart(REPOSITORY, "support")):
        for each in objects(file.read_text()):
            names.append(each["metadata"]["name"])
            api.apply(f"{CRDS}/{names[-1]}", each, manager="deployer")
    wait_for(
        lambda: all(served(api.get(f"{CRDS}/{name}")) for name in names),
        "definitions are served",
        seconds=PATIENCE,
    )


def served(definition: Mapping[str, Any]) -> bool:
    conditions = definition.get("status", {}).get("conditions", ())
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def create(api: Api, thing: Mapping[str, Any], namespace: str | None) -> None:
    within = f"/namespaces/{namespace}" if namespace else ""
    api.create(f"{GROUP}{within}/{PLURALS[thing['kind']]}", dict(thing))


def certificate(api: Api, directory: Path) -> None:
    """Put a certificate where cert-manager puts that of the listener."""
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    argv += ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "tls.key", "-out", "tls.crt"]
    subprocess.run(argv, cwd=directory, check=True, capture_output=True)
    names = ("tls.crt", "tls.key")
    data = {name: base64.b64encode((directory / name).read_bytes()).decode() for name in names}
    secret = {"metadata": {"name": "hub-maths-tls"}, "type": "kubernetes.io/tls", "data": data}
    api.create("/api/v1/namespaces/support/secrets", secret)


def service(api: Api) -> None:
    ports = [{"port": 80}]
    spec = {"type": "LoadBalancer", "ports": ports}
    api.create(
        "/api/v1/namespaces/support/services", {"metadata": {"name": "cluster-entrypoint"}, "spec": spec}
    )
    for namespace in ("maths", "thief"):
        hub = {"metadata": {"name": "proxy-public"}, "spec": {"ports": ports}}
        api.create(f"/api/v1/namespaces/{namespace}/services", hub)


def conditions(parents: list[dict[str, Any]]) -> dict[str, str]:
    return {each["type"]: each["status"] for parent in parents for each in parent["conditions"]}


def test_a_cluster_takes_the_definitions_and_what_is_made_for_them(site: Site) -> None:
    """Also by the rules in CEL that only a server looks at."""
    gateway = site.api.get(GATEWAY)
    assert [each["name"] for each in gateway["spec"]["listeners"]] == ["hub-maths", "web"]
    routes = site.api.items(f"{GROUP}/namespaces/support/httproutes")
    assert [each["metadata"]["name"] for each in routes] == ["to-https"]


def test_definitions_that_somebody_else_applied_are_not_ours_to_change(site: Site) -> None:
    """The server itself remembers who applied them."""
    told: list[str] = []
    wanted: Any = SimpleNamespace(merged=SimpleNamespace(values={"gatewayAPI": {"enabled": True}}))
    work: Any = SimpleNamespace(
        session=site.session,
        fleet=SimpleNamespace(root=REPOSITORY),
        owner=SimpleNamespace(chart="support"),
        connection=SimpleNamespace(api=site.api),
        note=told.append,
    )

    def brought() -> list[dict[str, Any]]:
        return list(definitions(work, wanted, path=CRDS, manager="deployer"))

    ours = brought()
    assert (len(ours) >= 7, told) == (True, [])
    (gateways,) = (each for each in ours if each["spec"]["names"]["kind"] == "Gateway")
    path = f"{CRDS}/{gateways['metadata']['name']}"
    site.api.delete(path)
    wait_for(lambda: not exists(site.api, path), "the definition is gone", seconds=PATIENCE)
    site.api.apply(path, gateways, manager="somebody")
    assert brought() == []
    assert told == ["Gateway API v1.5.1 was brought by others: its definitions are left as they are"]


def exists(api: Api, path: str) -> bool:
    try:
        api.get(path)
    except NotFound:
        return False
    return True


def test_traefik_serves_the_hub_behind_the_gateway_and_nobody_in_its_place(
    site: Site, tmp_path: Path
) -> None:
    program = os.environ.get("DEPLOYER_TRAEFIK")
    if not program:
        pytest.skip("DEPLOYER_TRAEFIK names no Traefik")
    with running(tmp_path / "traefik.log", program, *own_arguments(site, tmp_path)):
        mine, thief = (f"{GROUP}/namespaces/{name}/httproutes/jupyterhub" for name in ("maths", "thief"))
        wait_for(
            lambda: bool(parents(site.api, mine)) and bool(parents(site.api, thief)),
            "routes have a status",
            seconds=PATIENCE,
        )
        assert conditions(parents(site.api, mine))["Accepted"] == "True"
        assert conditions(parents(site.api, thief))["Accepted"] == "False"
        listeners = {each["name"]: each for each in site.api.get(GATEWAY)["status"]["listeners"]}
        assert {name: each["attachedRoutes"] for name, each in listeners.items()} == {
            "hub-maths": 1,
            "web": 1,
        }
        assert conditions([listeners["hub-maths"]])["Programmed"] == "True"
        way = site.way
        wait_for(lambda: reached(way), "Traefik answers", seconds=PATIENCE)
        assert way.get("/hub/login?next=%2Fa", HOST, secure=False) == (
            301,
            f"https://{HOST}/hub/login?next=%2Fa",
        )
        assert way.get("/hub/login", "other.example.org", secure=False)[0] == 404
        assert shown(way, tmp_path) == f"{HOST}"


def parents(api: Api, route: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(route).get("status", {}).get("parents", [])
    return found


def reached(way: Way) -> bool:
    try:
        return way.get("/", HOST, secure=False)[0] == 301
    except OSError:
        return False


def shown(way: Way, directory: Path) -> str:
    """Return whose certificate is shown for the host, checked by the authority of the test."""
    context = ssl.create_default_context(cafile=str(directory / "tls.crt"))
    with (
        socket.create_connection(("127.0.0.1", way.websecure), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secured,
    ):
        found: Any = (secured.getpeercert() or {})["subjectAltName"]
        ((_kind, name),) = found
        return str(name)


def own_arguments(site: Site, directory: Path) -> list[str]:
    """Return the arguments, with ports of loopback and the way to the API server."""
    kubeconfig = yaml.safe_load(site.kubeconfig.read_text())
    server = kubeconfig["clusters"][0]["cluster"]
    (directory / "ca.crt").write_bytes(base64.b64decode(server["certificate-authority-data"]))
    token = kubeconfig["users"][0]["user"]["token"]
    kept = [each for each in site.arguments if ".address=" not in each and "ingressnginx" not in each]
    ports = {"web": site.way.web, "websecure": site.way.websecure}
    ports |= {name: free_port() for name in ("metrics", "traefik")}
    provider = "--providers.kubernetesgateway"
    return [
        *kept,
        *(f"--entryPoints.{name}.address=127.0.0.1:{port}/tcp" for name, port in ports.items()),
        f"{provider}.endpoint={server['server']}",
        f"{provider}.token={token}",
        f"{provider}.certAuthFilePath={directory}/ca.crt",
    ]
