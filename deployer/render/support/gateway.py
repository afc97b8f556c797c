"""Gateway API: one Gateway of the cluster, with a listener and a certificate for each hub behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rules.said import of_hub, value_of
from deployer.fleet.rules.services import domain_of
from deployer.render.gateway import is_routed, listener

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Hub
    from deployer.render.support.subject import SupportSubject

_SECURE = ("traefik", "ports", "websecure", "port")
_SECURE_PORT = 8443
"""The port of Traefik's own chart, by which a listener and what Traefik listens to find each other."""
_NAMESPACE = "kubernetes.io/metadata.name"
"""The label that Kubernetes gives each namespace."""
_SERVICE = "--providers.kubernetesgateway.statusaddress.service"
_ISSUER = {"cert-manager.io/cluster-issuer": "letsencrypt-prod"}


def gateway(subject: SupportSubject) -> dict[str, Any]:
    """Serve hubs that have `jupyterhub.httpRoute` through a Gateway, when `gatewayAPI` says so.

    cert-manager takes the names of its listeners. The address is told by us: Traefik's chart knows only a
    Service of its own.
    """
    traefik = subject.own_value("traefik", "providers", "kubernetesGateway", "enabled") is True
    if not _enabled(subject):
        return {"traefik": {"additionalArguments": _address()}} if traefik else {}
    hosts = routed_hosts(subject)
    port = subject.own_value(*_SECURE) or _SECURE_PORT
    listeners = {listener(name): _listener(name, host, port) for name, host in hosts.items()}
    own = {"annotations": _ISSUER, "listeners": listeners} if listeners else {}
    found: dict[str, Any] = {
        "traefik": {
            "providers": {"kubernetesGateway": {"enabled": True}},
            "additionalArguments": _address(),
            **({"gateway": own} if own else {}),
        },
        "cert-manager": {"config": _controller()},
        "external-dns": {"sources": ["ingress", "gateway-httproute"]},
    }
    return {**found, "gatewayAPI": {"hosts": list(hosts.values())}} if hosts else found


def routed_hosts(subject: SupportSubject) -> Mapping[str, str]:
    """Return the host of each hub that is behind the Gateway, by its name, but encrypted ones."""
    hubs = subject.cluster.hubs if _enabled(subject) else ()
    found = {hub.name: _host(hub) for hub in hubs if is_routed(hub)}
    return {name: host for name, host in found.items() if host}


def _enabled(subject: SupportSubject) -> bool:
    return subject.own_value("gatewayAPI", "enabled") is True


def _host(hub: Hub) -> str | None:
    documents = of_hub(hub)
    for at in (("jupyterhub", "httpRoute", "hostnames"), ("jupyterhub", "ingress", "hosts")):
        listed = value_of(documents, at)
        if isinstance(listed, list) and listed:
            return str(listed[0])
    domain = domain_of(hub)
    return str(domain.value) if domain else None


def _listener(hub: str, host: str, port: int) -> dict[str, Any]:
    return {
        "port": port,
        "protocol": "HTTPS",
        "hostname": host,
        "namespacePolicy": {"from": "Selector", "selector": {"matchLabels": {_NAMESPACE: hub}}},
        "certificateRefs": [{"name": f"{listener(hub)}-tls"}],
    }


def _controller() -> dict[str, Any]:
    return {
        "apiVersion": "controller.config.cert-manager.io/v1alpha1",
        "kind": "ControllerConfiguration",
        "gatewayAPI": {"enabled": True},
    }


def _address() -> list[str]:
    return [f"{_SERVICE}.name=cluster-entrypoint", f"{_SERVICE}.namespace=support"]
