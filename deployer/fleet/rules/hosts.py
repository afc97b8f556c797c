"""Host names: each leads to one place in the whole fleet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.said import of_hub, said
from deployer.fleet.rules.services import JUPYTERHUB, Service, domain_of, owner_of, services
from deployer.fleet.schema import definition
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet

_CLUSTER_FILE = "/cluster.yaml"
_OF_JUPYTERHUB = ("`domain`", f"`{shown(JUPYTERHUB)}`")


@rule()
def domains(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two services at one address: hubs, their BinderHubs, a cluster's Grafana and Prometheus.

    An address is a host and a path. Whoever answers there gets everybody's requests, and it is where log-in
    providers send people back to, so that people of one hub would end up in another. Another path on the same
    host is another address, and a wildcard leaves single names below it free.
    """
    first: dict[tuple[str, str], Service] = {}
    for service in services(fleet):
        other = first.setdefault((service.host, service.path), service)
        if other is service or (other.owner == service.owner and service.reserved):
            continue
        place = f"line {other.document.mark(other.at).line} of {other.document.name}"
        address = f"{service.host}{service.path}".rstrip("/")
        message = f"`{address}` is taken by {other.what} of {other.owner}, in {place}"
        yield Finding(service.document, service.at, f"{service.owner}, {service.what}: {message}")


@rule()
def host_name(fleet: Fleet) -> Iterator[Finding]:
    """Want hosts of ingresses to be host names: lower case, no address, no port.

    Kubernetes refuses an ingress with any other.
    """
    wanted = definition("cluster", "domain")
    pattern = re.compile(wanted["pattern"])
    for service in services(fleet):
        # What is wrong with the domain in cluster.yaml, its schema tells.
        if service.document.name.endswith(_CLUSTER_FILE):
            continue
        name = service.host.removeprefix("*.")
        if not pattern.fullmatch(name) or len(name) > wanted["maxLength"]:
            message = f"must be {wanted['patternErrorMessage']}"
            yield Finding(service.document, service.at, f"{service.owner}, {service.what}: {message}")


@rule("warning")
def hub_host(fleet: Fleet) -> Iterator[Finding]:
    """Question a hub that is reached under another name than its `domain`.

    `domain` is what people and lists are told. The first host of `jupyterhub.ingress` is where the hub is,
    and where log-in providers send people back to. They differ on purpose where something else of the hub,
    such as BinderHub, has the domain.
    """
    others = {(each.owner, each.host) for each in services(fleet) if each.what not in _OF_JUPYTERHUB}
    for cluster, hub in ((each, hub) for each in fleet.clusters for hub in each.hubs):
        found = said(of_hub(hub), ("jupyterhub", "ingress", "hosts"))
        domain = domain_of(hub)
        if not found or not isinstance(found.value, list) or not found.value or domain is None:
            continue
        host = found.value[0]
        if not isinstance(host, str) or host == domain.value or is_encrypted_scalar(host):
            continue
        if (owner_of(cluster, hub), domain.value) not in others:
            message = f"JupyterHub is at `{host}`, but the hub's `domain` is `{domain.value}`"
            advice = "write one name for both, unless something else serves the domain"
            yield Finding(found.document, (*found.at, 0), f"hub `{hub.name}`: {message}: {advice}")


RULES = (domains, host_name, hub_host)
