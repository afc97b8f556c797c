"""The way in: an address, and a class for the Ingress objects of hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import SUPPORT
from deployer.operations.cluster_doctor.finding import Finding
from deployer.operations.dns.entrance import SERVICE, given
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.cluster_doctor.finding import Patient

_NAME = SERVICE.rpartition("/")[2]
_CLASS = "nginx"


def address(patient: Patient) -> Iterator[Finding]:
    """Look for the address that the cloud gave to the entry point."""
    if not patient.value("entrypoint", "enabled"):
        return
    try:
        service = patient.api.get(SERVICE)
    except NotFound:
        told = f"there is no Service {_NAME}"
        yield Finding(check="address", state="missing", told=told, next=patient.deploy, required=True)
        return
    names = given(service)
    if names:
        yield Finding(check="address", state="ok", told=", ".join(names))
        return
    yield Finding(
        check="address",
        state="failing",
        told="the cloud gave the entry point no address",
        next=f"`kubectl --namespace {SUPPORT} describe service {_NAME}` has what the cloud says",
        required=True,
    )


def ingress_class(patient: Patient) -> Iterator[Finding]:
    """Look for the class that hubs name, whoever owns it."""
    if not patient.value("entrypoint", "enabled"):
        return
    try:
        found = patient.api.get(f"/apis/networking.k8s.io/v1/ingressclasses/{_CLASS}")
    except NotFound:
        told = f"there is no IngressClass {_CLASS}, which hubs name"
        yield Finding(check="ingress class", state="missing", told=told, next=patient.deploy, required=True)
        return
    yield Finding(check="ingress class", state="ok", told=f"{_CLASS}, of {found['spec']['controller']}")
