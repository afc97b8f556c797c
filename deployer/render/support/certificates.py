"""Certificates: who issues them, and how it is shown that a name is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.zones import zone_access
from deployer.render.gateway import GATEWAY, PLAIN
from deployer.render.support.gateway import routed_hosts

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

SECRET = "default-certificate"  # noqa: S105 - a name


def certificates(subject: SupportSubject) -> dict[str, Any]:
    """Have the issuer write to the operator, and show that names are ours as the cluster can.

    That is by DNS-01 in the zone of outputs.yaml, as the identity that may change it; else by HTTP-01,
    through the Gateway for hubs that are behind it.
    """
    contact = subject.cluster.organisation.contact or ""
    email = {"email": contact} if "@" in contact and "://" not in contact else {}
    access = zone_access(subject.cluster)
    by_dns = {"selector": {"dnsZones": [access.zone]}, "dns01": access.solver} if access else {}
    more = [each for each in (by_dns, _through_the_gateway(subject)) if each]
    given = subject.own_value("acme", "solvers")
    solvers = {"solvers": [*more, *given]} if more and isinstance(given, list) else {}
    acme = {"acme": {**email, **solvers}} if email or solvers else {}
    return {**acme, **({"cert-manager": dict(access.cert_manager)} if access else {})}


def default_certificate(subject: SupportSubject) -> dict[str, Any]:
    """Show the certificate of `defaultCertificate` for hosts that name none.

    Traefik is told by an object of its own kinds, of which it heeds those in the support's namespace only.
    """
    said = subject.own_value("defaultCertificate")
    if not isinstance(said, dict) or not (said.get("secretName") or said.get("dnsNames")):
        return {}
    store = {"default": {"defaultCertificate": {"secretName": said.get("secretName") or SECRET}}}
    provider = {"enabled": True, "namespaces": [subject.cluster.support.namespace]}
    return {"traefik": {"tlsStore": store, "providers": {"kubernetesCRD": provider}}}


def _through_the_gateway(subject: SupportSubject) -> dict[str, Any]:
    hosts = list(routed_hosts(subject).values())
    if not hosts:
        return {}
    parent = {"kind": "Gateway", **GATEWAY, "sectionName": PLAIN}
    return {"selector": {"dnsNames": hosts}, "http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}}}
