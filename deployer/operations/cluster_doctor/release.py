"""The release of the support: whether it is there, as it is wanted, and up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import SUPPORT
from deployer.operations.cluster_doctor.finding import Finding
from deployer.operations.deploy import lease, releases, rollout
from deployer.operations.deploy.left_alone import DEPLOYED, left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.cluster_doctor.finding import Patient
    from deployer.operations.deploy.releases import Revision

_UNDECLARED = "cluster.yaml has no key `support`: nothing deploys it"


def support(patient: Patient) -> Iterator[Finding]:
    """Hold the release against what is wanted."""
    newest = next(iter(releases.revisions(patient.api, SUPPORT, SUPPORT)[-1:]), None)
    if not patient.cluster.support.declared:
        told = f"revision {newest.number}, and {_UNDECLARED}" if newest else _UNDECLARED
        yield Finding(check="support", state="ok", told=told)
    elif newest is None:
        yield Finding(
            check="support", state="missing", told="no such release", next=patient.deploy, required=True
        )
    else:
        yield _of(patient, newest)


def pods(patient: Patient) -> Iterator[Finding]:
    """Say what of the release is not up."""
    found, _versions = rollout.workloads(patient.api, SUPPORT, SUPPORT)
    waiting = [f"{each.kind} {each.name}" for each in found if not each.ready]
    if waiting:
        yield Finding(
            check="pods",
            state="failing",
            told=f"not up: {', '.join(waiting)}",
            next=f"`kubectl --namespace {SUPPORT} describe pods`, in `deployer shell {patient.cluster.name}`",
            required=True,
        )
    elif found:
        yield Finding(check="pods", state="ok", told=f"{len(found)} workloads are up")


def _of(patient: Patient, newest: Revision) -> Finding:
    known = lease.remembered(patient.api, SUPPORT)
    revision = f"revision {newest.number}"
    if known is None:
        told = f"{revision} was not deployed by us: deploys of hubs leave it alone"
        look = f"look at `deployer deploy {patient.cluster.name} --support --dry-run`; then {patient.deploy}"
        return Finding(check="support", state="unknown", told=told, next=look)
    if newest.status in releases.PENDING:
        told = f"{revision} is {newest.status}: a deploy is at work, or was killed"
        return Finding(check="support", state="failing", told=told, next=patient.deploy, required=True)
    if newest.status != DEPLOYED or newest.number not in known.good:
        told = f"{revision} is {newest.status}, and did not prove good"
        return Finding(check="support", state="failing", told=told, next=patient.deploy, required=True)
    if patient.wanted is None or patient.compared:
        told = f"{revision} is good; whether it is what is wanted cannot be told: {patient.compared}"
        return Finding(check="support", state="unknown", told=told)
    if left_alone(patient.api, patient.wanted) is None:
        told = f"{revision} is good, but not what is wanted now"
        return Finding(check="support", state="old", told=told, next=patient.deploy, required=True)
    return Finding(check="support", state="ok", told=f"{revision} is good and what is wanted")
