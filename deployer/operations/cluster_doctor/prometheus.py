"""What Prometheus cannot reach, asked through the API server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import SUPPORT
from deployer.operations.cluster_doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.cluster_doctor.finding import Patient

_QUERY = f"/api/v1/namespaces/{SUPPORT}/services/{SUPPORT}-prometheus-server:80/proxy/api/v1/query"
_USERS = ("prometheus", "serverFiles", "web.yml", "basic_auth_users")
_NAMED = 5


def targets(patient: Patient) -> Iterator[Finding]:
    """Say which jobs have targets that are down. Hubs do without."""
    if not patient.value("prometheus", "enabled"):
        return
    if patient.value("prometheusAuthSecret", "password") and patient.value(*_USERS):
        told = "Prometheus wants a password, which the API server does not pass on"
        look = "the dashboard `Cluster` of Grafana shows what is not read"
        yield Finding(check="metrics", state="unknown", told=told, next=look)
        return
    found = patient.api.get(_QUERY, query="count by (job) (up == 0)")["data"]["result"]
    jobs = sorted(f"{each['metric'].get('job', '?')} ({each['value'][1]})" for each in found)
    if jobs:
        yield Finding(
            check="metrics",
            state="failing",
            told=f"targets are down: {', '.join(jobs[:_NAMED])}",
            next="the page Status > Targets of Prometheus says why",
        )
    else:
        yield Finding(check="metrics", state="ok", told="every target answers")
