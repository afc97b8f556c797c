"""A way to a hub's API as its health service: the token from the cluster, the traffic by port-forward.

So it needs neither the hub's DNS name nor its ingress, and the token is in no configuration and on no disk.
"""

from __future__ import annotations

import base64
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.hub_pods import component
from deployer.render.health import TOKEN_KEY
from deployer.tools.jupyterhub import HubApi
from deployer.tools.kubernetes import NotFound
from deployer.tools.portforward import forwarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.operations.access import Connection
    from deployer.tools.kubernetes import Api


@contextmanager
def hub_api(connection: Connection, namespace: str) -> Iterator[HubApi]:
    """Yield the API of the hub in `namespace`, as its health service.

    An interruption leaves the way open until the block ends, so that the block can tidy up.

    Raises:
        DeployerError: no such hub is deployed, or the way to it cannot be opened.
    """
    token, base_path = credentials(connection.api, namespace)
    service, port = front(connection.api, namespace)
    patient = replace(connection.programs, interruption=Interruption())
    with forwarded(
        patient, env=connection.env, namespace=namespace, target=f"service/{service}", port=port
    ) as local:
        yield HubApi(url=f"http://127.0.0.1:{local}{base_path}", token=token)


def credentials(api: Api, namespace: str) -> tuple[str, str]:
    """Return the health service's token and the hub's base path, from the Secret that z2jh's chart makes.

    The Secret is known by its content, for its name is the operator's choice (`fullnameOverride`).
    """
    secrets = {
        secret["metadata"]["name"]: secret.get("data") or {}
        for secret in api.items(f"/api/v1/namespaces/{namespace}/secrets", fieldSelector="type=Opaque")
    }
    for data in secrets.values():
        if TOKEN_KEY in data and "values.yaml" in data:
            hub: dict[str, Any] = yaml.safe_load(_decoded(data["values.yaml"])).get("hub") or {}
            # As in z2jh, what the operator keeps in a Secret of their own comes first.
            own = secrets.get(hub.get("existingSecret") or "", {})
            return _decoded(own.get(TOKEN_KEY) or data[TOKEN_KEY]), _base_path(hub)
    raise DeployerError(
        f"{namespace}: no Secret of a hub has the key `{TOKEN_KEY}`",
        hint="deploy the hub: the token is made with it",
    )


def front(api: Api, namespace: str) -> tuple[str, int]:
    """Return name and port of the service that leads to the proxy's plain HTTP port.

    That is proxy-public, unless TLS ends in a pod between them.
    """
    for service in api.items(f"/api/v1/namespaces/{namespace}/services"):
        spec = service["spec"]
        if component(spec.get("selector") or {}) == "proxy":
            for port in spec["ports"]:
                if port.get("targetPort") == "http":
                    return service["metadata"]["name"], port["port"]
    raise DeployerError(
        f"{namespace}: no service leads to the HTTP port of a hub's proxy",
        hint="deploy the hub; see `kubectl get services` in `deployer shell`",
    )


def public_url(api: Api, namespace: str) -> str | None:
    """Return where people find the hub by its Ingress or its route, or None when it has none."""
    service, _port = front(api, namespace)
    for ingress in api.items(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses"):
        spec = ingress["spec"]
        for rule in spec.get("rules", ()):
            for path in rule.get("http", {}).get("paths", ()):
                if path["backend"].get("service", {}).get("name") == service and rule.get("host"):
                    scheme = "https" if spec.get("tls") else "http"
                    return f"{scheme}://{rule['host']}{path.get('path') or '/'}"
    for host in _routed(api, namespace, service):
        return f"https://{host}/"
    return None


def _routed(api: Api, namespace: str, service: str) -> Iterator[str]:
    """Yield the hosts of routes to a service, where the cluster has Gateway API."""
    with suppress(NotFound):
        for route in api.items(f"/apis/gateway.networking.k8s.io/v1/namespaces/{namespace}/httproutes"):
            spec = route["spec"]
            backends = [each for rule in spec.get("rules", ()) for each in rule.get("backendRefs", ())]
            if service in {each["name"] for each in backends}:
                yield from spec.get("hostnames", ())


def _base_path(hub: Mapping[str, Any]) -> str:
    path = str(hub.get("baseUrl") or "/").strip("/")
    return f"/{path}/" if path else "/"


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
