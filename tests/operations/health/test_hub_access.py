"""Finding the token, the base path and the service of a hub, however its chart is configured."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.fleet.model import HealthCheck
from deployer.operations.health.hub_access import credentials, front, public_url
from deployer.render import health
from deployer.render.health import TOKEN_KEY
from tests.operations.fake_api import FakeApi

SECRETS = "/api/v1/namespaces/demo/secrets"
SERVICES = "/api/v1/namespaces/demo/services"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/demo/httproutes"


def secret(fake: FakeApi, name: str, **data: str) -> None:
    encoded = {
        key.replace("TOKEN", TOKEN_KEY).replace("values_yaml", "values.yaml"): base64.b64encode(
            value.encode()
        ).decode()
        for key, value in data.items()
    }
    fake.put(f"{SECRETS}/{name}", {"data": encoded})


def values(**hub: Any) -> str:
    return yaml.safe_dump({"hub": hub})


@pytest.mark.parametrize(
    ("base_url", "path"), [("/", "/"), (None, "/"), ("/jupyter", "/jupyter/"), ("/a/b/", "/a/b/")]
)
def test_token_and_base_path_come_from_the_chart_s_secret(base_url: str | None, path: str) -> None:
    fake = FakeApi()
    secret(fake, "my-own-name-hub", TOKEN="t1", values_yaml=values(baseUrl=base_url))
    assert credentials(fake.api, "demo") == ("t1", path)


def test_a_token_in_the_operator_s_own_secret_comes_first() -> None:
    fake = FakeApi()
    secret(fake, "hub", TOKEN="t1", values_yaml=values(existingSecret="mine"))
    secret(fake, "mine", TOKEN="t2")
    assert credentials(fake.api, "demo") == ("t2", "/")


def test_an_operator_s_own_secret_without_the_token_leaves_the_chart_s() -> None:
    fake = FakeApi()
    secret(fake, "hub", TOKEN="t1", values_yaml=values(existingSecret="mine"))
    secret(fake, "mine", other="x")
    assert credentials(fake.api, "demo") == ("t1", "/")


def test_a_namespace_without_a_hub_is_an_error_that_says_what_to_do() -> None:
    fake = FakeApi()
    secret(fake, "other", password="x")
    fake.put(f"{SECRETS}/empty", {})
    with pytest.raises(DeployerError) as caught:
        credentials(fake.api, "demo")
    assert caught.value.message == f"demo: no Secret of a hub has the key `{TOKEN_KEY}`"
    assert caught.value.hint == "deploy the hub: the token is made with it"


def service(fake: FakeApi, name: str, selects: str, **port: Any) -> None:
    spec = {"selector": {"component": selects, "release": "demo"}, "ports": [port]}
    fake.put(f"{SERVICES}/{name}", {"spec": spec})


def test_traffic_enters_by_proxy_public() -> None:
    fake = FakeApi()
    service(fake, "hub", "hub", port=8081, targetPort="http")
    service(fake, "proxy-api", "proxy", port=8001, targetPort="api")
    service(fake, "proxy-public", "proxy", port=80, targetPort="http")
    assert front(fake.api, "demo") == ("proxy-public", 80)


def test_traffic_enters_behind_a_pod_that_ends_tls() -> None:
    """With proxy.https of z2jh, proxy-public leads to the pod autohttps, and that one to proxy-http."""
    fake = FakeApi()
    service(fake, "proxy-public", "autohttps", port=80, targetPort="http")
    service(fake, "proxy-http", "proxy", port=8000, targetPort="http")
    assert front(fake.api, "demo") == ("proxy-http", 8000)


def test_a_namespace_without_a_proxy_is_an_error() -> None:
    fake = FakeApi()
    fake.put(f"{SERVICES}/headless", {"spec": {"ports": [{"port": 1}]}})
    with pytest.raises(DeployerError, match="demo: no service leads to the HTTP port of a hub's proxy"):
        front(fake.api, "demo")


def ingress(fake: FakeApi, name: str, host: str | None, backend: str, *, tls: bool = False) -> None:
    path = {"path": "/jupyter", "backend": {"service": {"name": backend}}}
    rule: dict[str, Any] = {"http": {"paths": [path]}} | ({"host": host} if host else {})
    spec = {"rules": [rule]} | ({"tls": [{"hosts": [host]}]} if tls else {})
    fake.put(f"/apis/networking.k8s.io/v1/namespaces/demo/ingresses/{name}", {"spec": spec})


@pytest.mark.parametrize(
    ("tls", "url"), [(True, "https://demo.org/jupyter"), (False, "http://demo.org/jupyter")]
)
def test_people_come_by_the_ingress_that_leads_to_the_proxy(tls: bool, url: str) -> None:
    fake = FakeApi()
    service(fake, "proxy-public", "proxy", port=80, targetPort="http")
    ingress(fake, "any-host", None, "proxy-public")
    ingress(fake, "binder", "binder.org", "binder")
    ingress(fake, "hub", "demo.org", "proxy-public", tls=tls)
    assert public_url(fake.api, "demo") == url


def test_a_hub_without_ingress_has_no_public_address() -> None:
    fake = FakeApi()
    service(fake, "proxy-public", "proxy", port=80, targetPort="http")
    assert public_url(fake.api, "demo") is None


def test_a_hub_behind_a_gateway_is_where_its_route_says() -> None:
    """The route of another service in the namespace is not the hub's."""
    fake = FakeApi()
    service(fake, "proxy-public", "proxy", port=80, targetPort="http")
    for name, backend, host in (("a", "other", "no.example.org"), ("b", "proxy-public", "hub.example.org")):
        rules = [{"backendRefs": [{"name": backend, "port": 80}]}]
        fake.put(f"{ROUTES}/{name}", {"spec": {"hostnames": [host], "rules": rules}})
    assert public_url(fake.api, "demo") == "https://hub.example.org/"


def test_the_service_is_not_called_like_the_check_user() -> None:
    """JupyterHub compares names alone when it refuses `Cannot delete yourself!`, also those of services."""
    assert HealthCheck().user != health.SERVICE
