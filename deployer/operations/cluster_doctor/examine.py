"""Looking at a cluster: each check for itself, so that what cannot be asked hides nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.operations.access import connected
from deployer.operations.cluster_doctor import basics, certificates, definitions, prometheus, release, way_in
from deployer.operations.cluster_doctor.finding import Finding, Patient
from deployer.operations.render import rendered
from deployer.tools.helm import find_helm
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deployer.fleet.model import Cluster, Fleet
    from deployer.operations.render import Rendered
    from deployer.session import Session

CHECKS: Mapping[str, Callable[[Patient], Iterator[Finding]]] = {
    "kubernetes": basics.kubernetes,
    "default disk": basics.default_disk,
    "metrics API": basics.metrics_api,
    "autoscaler": basics.autoscaler,
    "support": release.support,
    "pods": release.pods,
    "definitions": definitions.definitions,
    "address": way_in.address,
    "ingress class": way_in.ingress_class,
    "issuer": certificates.issuer,
    "certificates": certificates.certificates,
    "metrics": prometheus.targets,
}
_OPTIONAL = ("metrics API", "metrics")
"""Hubs work without; what else could not be asked may be broken."""


def examine(session: Session, fleet: Fleet, cluster: Cluster) -> tuple[Finding, ...]:
    """Look at a cluster and say how it is; nothing is written.

    Raises:
        DeployerError: helm is missing, or the cluster cannot be reached or is another one.
    """
    helm = find_helm(programs(session))
    with connected(session, cluster) as connection:
        patient = Patient(
            session=session,
            cluster=cluster,
            api=connection.api,
            helm=helm,
            today=session.clock().date(),
            wanted=None,
        )
        found: list[Finding] = []
        if cluster.support.declared:
            try:
                wanted, compared = _wanted(session, fleet, cluster)
                patient = replace(patient, wanted=wanted, compared=compared)
            except Interrupted:
                raise
            except DeployerError as error:
                found.append(_unknown("support", error))
        for name, check in CHECKS.items():
            session.interruption.check()
            found += asked(name, check, patient)
        return tuple(found)


def _wanted(session: Session, fleet: Fleet, cluster: Cluster) -> tuple[Rendered, str | None]:
    """Return what the support is to be made of, and why it has placeholders if so."""
    try:
        return rendered(session, fleet, cluster, cluster.support, decrypt=True), None
    except Interrupted:
        raise
    except DeployerError as error:
        return rendered(session, fleet, cluster, cluster.support, decrypt=False), error.message


def asked(name: str, check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> tuple[Finding, ...]:
    """Return what a check finds, or that it could not ask."""
    try:
        return tuple(check(patient))
    except Interrupted:
        raise
    except DeployerError as error:
        return (_unknown(name, error),)


def _unknown(name: str, error: DeployerError) -> Finding:
    required = name not in _OPTIONAL
    return Finding(check=name, state="unknown", told=error.message, next=error.hint, required=required)
