"""Certificates: who issues them, and whether all are there and not about to expire."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from deployer.operations.cluster_doctor.finding import Finding
from deployer.rules.certificates import NO_ISSUER, is_asked
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.operations.cluster_doctor.finding import Patient

_ISSUER = "letsencrypt-prod"
_SOON = 21
"""Days before the end: cert-manager renews a certificate of 90 days 30 days before."""


def issuer(patient: Patient) -> Iterator[Finding]:
    """Look at the issuer that hubs name."""
    if not patient.value("cert-manager", "enabled"):
        return
    if not is_asked(patient.value):
        if not patient.value("defaultCertificate", "secretName"):
            told = "without a mail address there is no issuer of Let's Encrypt"
            yield Finding(check="issuer", state="missing", told=told, next=NO_ISSUER)
        return
    try:
        found = patient.api.get(f"/apis/cert-manager.io/v1/clusterissuers/{_ISSUER}")
    except NotFound:
        told = f"there is no ClusterIssuer {_ISSUER}"
        yield Finding(check="issuer", state="missing", told=told, next=patient.deploy, required=True)
        return
    ready, why = _ready(found)
    look = f"`kubectl describe clusterissuer {_ISSUER}`"
    yield (
        Finding(check="issuer", state="ok", told=_ISSUER)
        if ready
        else Finding(check="issuer", state="failing", told=why, next=look, required=True)
    )


def certificates(patient: Patient) -> Iterator[Finding]:
    """Look at every certificate of the cluster."""
    try:
        found = patient.api.items("/apis/cert-manager.io/v1/certificates")
    except NotFound:  # nothing makes any here
        return
    wrong = [finding for each in found for finding in _of(patient, each)]
    yield from wrong
    if found and not wrong:
        yield Finding(check="certificates", state="ok", told=f"{len(found)} are ready")


def _of(patient: Patient, certificate: Mapping[str, Any]) -> Iterator[Finding]:
    name, namespace = certificate["metadata"]["name"], certificate["metadata"]["namespace"]
    look = f"`kubectl --namespace {namespace} describe certificate {name}`, then its CertificateRequest"
    ready, why = _ready(certificate)
    ends = certificate.get("status", {}).get("notAfter")
    days = (datetime.fromisoformat(ends).date() - patient.today).days if ends else None
    told = ""
    if not ready:
        told = f"{namespace}/{name} is not ready: {why}"
    elif days is not None and days <= _SOON:
        told = f"{namespace}/{name} ends on {ends}, and was not renewed"
    if told:
        yield Finding(check="certificates", state="failing", told=told, next=look, required=True)


def _ready(found: Mapping[str, Any]) -> tuple[bool, str]:
    for each in found.get("status", {}).get("conditions", ()):
        if each["type"] == "Ready":
            return each["status"] == "True", each.get("message") or each.get("reason") or "not ready"
    return False, "cert-manager has said nothing of it yet"
