"""What `doctor` finds where the API server of the tests has nothing: clouds, a Prometheus, days that pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts.assemble import PreparedChart
from deployer.errors import DeployerError
from deployer.operations.cluster_doctor import basics, certificates, examine, prometheus
from deployer.operations.cluster_doctor.finding import Finding, Patient
from deployer.operations.render import Rendered
from deployer.render.merge import Layer, merge
from tests.operations.fake_api import FakeApi
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.session import Session

QUERY = "/api/v1/namespaces/support/services/support-prometheus-server:80/proxy/api/v1/query"
DEPLOYMENTS = "/apis/apps/v1/deployments"
DEPLOY = "`deployer deploy c --support`"


def patient(session: Session, api: FakeApi, provider: str = "aws", *, block: str = "{}") -> Patient:
    cluster = replace(
        fleets.cluster(provider, document=fleets.document(block, "cluster.yaml")),
        name="c",
        kubernetes_version="1.34",
    )
    merged = merge([Layer(name="chart defaults", values={"prometheus": {"enabled": True}})])
    wanted = Rendered(
        owner=cluster.support,
        host="",
        chart=PreparedChart(path=Path("/cache/abc/support"), packages=()),
        kube_version="1.34",
        merged=merged,
        values_for_helm=merged.values,
    )
    return Patient(
        session=session,
        cluster=cluster,
        api=api.api,
        helm=None,  # type: ignore[arg-type]  # these checks run no program
        today=date(2026, 6, 1),
        wanted=wanted,
    )


def running(version: str) -> FakeApi:
    api = FakeApi()
    api.put("/version", {"gitVersion": version})
    return api


@pytest.mark.parametrize(
    ("version", "today", "state", "told", "required"),
    [
        ("v1.34.3-eks-1", date(2026, 1, 1), "ok", "v1.34.3-eks-1", False),
        (
            "v1.34.3-eks-1",
            date(2026, 11, 20),
            "old",
            "v1.34.3-eks-1: EKS's standard support of it ends on 2026-12-02",
            False,
        ),
        ("v1.33.1", date(2026, 1, 1), "old", "v1.33.1: charts are rendered for 1.34", False),
        ("v1.31.1", date(2030, 1, 1), "old", None, True),
    ],
)
def test_a_version_is_old_before_nobody_mends_it(
    session: Session, version: str, today: date, state: str, told: str | None, *, required: bool
) -> None:
    asked = replace(patient(session, running(version)), today=today)
    (found,) = basics.kubernetes(asked)
    assert (found.state, found.required) == (state, required)
    assert told is None or found.told == told


def deployment(name: str, available: int) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "support"}, "status": {"availableReplicas": available}}


@pytest.mark.parametrize(("block", "required"), [("infrastructure: {}", True), ("{}", False)])
def test_on_aws_somebody_has_to_add_nodes(session: Session, block: str, *, required: bool) -> None:
    (found,) = basics.autoscaler(patient(session, FakeApi(), block=block))
    assert (found.state, found.next, found.required) == ("missing", DEPLOY, required)


def test_an_autoscaler_that_is_not_up_is_told(session: Session) -> None:
    api = FakeApi()
    api.put(f"{DEPLOYMENTS}/a", deployment("a", 0))
    (found,) = basics.autoscaler(patient(session, api))
    assert (found.state, found.told) == ("failing", "support/a is not up")
    api.put(f"{DEPLOYMENTS}/a", deployment("a", 1))
    assert list(basics.autoscaler(patient(session, api))) == [
        Finding(check="autoscaler", state="ok", told="a")
    ]


def test_other_clouds_bring_one(session: Session) -> None:
    assert list(basics.autoscaler(patient(session, FakeApi(), "gcp"))) == []


def answering(*jobs: tuple[str, str]) -> FakeApi:
    api = FakeApi()
    result = [{"metric": {"job": job}, "value": [0, count]} for job, count in jobs]
    api.put(QUERY, {"data": {"result": result}})
    return api


def test_targets_that_are_down_are_told_by_job(session: Session) -> None:
    (found,) = prometheus.targets(patient(session, answering(("node", "2"), ("hub-maths", "1"))))
    assert (found.state, found.told) == ("failing", "targets are down: hub-maths (1), node (2)")
    assert not found.required
    (found,) = prometheus.targets(patient(session, answering()))
    assert (found.state, found.told) == ("ok", "every target answers")


def test_prometheus_that_wants_a_password_is_not_asked(session: Session) -> None:
    """The API server would pass on its refusal, which reads as if our own access was refused."""
    asked = patient(session, FakeApi())
    assert asked.wanted is not None
    said = {
        "prometheus": {"enabled": True, "serverFiles": {"web.yml": {"basic_auth_users": {"u": "hash"}}}},
        "prometheusAuthSecret": {"username": "u", "password": "p"},
    }
    wanted = replace(asked.wanted, merged=merge([Layer(name="files", values=said)]))
    (found,) = prometheus.targets(replace(asked, wanted=wanted))
    assert (found.state, found.required) == ("unknown", False)
    assert found.told == "Prometheus wants a password, which the API server does not pass on"


def test_what_cannot_be_asked_hides_nothing_else(session: Session) -> None:
    def refused(_patient: Patient) -> Iterator[Finding]:
        raise DeployerError("the cluster refused it", hint="ask somebody")

    told = {"state": "unknown", "told": "the cluster refused it", "next": "ask somebody"}
    (found,) = examine.asked("issuer", refused, patient(session, FakeApi()))
    assert found.plain() == {"check": "issuer", "required": True, **told}
    (found,) = examine.asked("metrics", refused, patient(session, FakeApi()))
    assert found.plain() == {"check": "metrics", "required": False, **told}


def test_who_brings_metrics_decides_what_to_do_without_them(session: Session) -> None:
    asked = patient(session, FakeApi())
    (found,) = basics.metrics_api(asked)
    assert "metrics-server: {enabled: true}" in (found.next or "")
    (found,) = basics.metrics_api(given(asked, {"metrics-server": {"enabled": True}}))
    assert found.next == DEPLOY


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "without a mail address there is no issuer of Let's Encrypt"),
        ({"acme": {"email": "ops@example.org"}}, "there is no ClusterIssuer letsencrypt-prod"),
        ({"issuer": {"ca": {}}}, "there is no ClusterIssuer letsencrypt-prod"),
    ],
)
def test_an_issuer_is_missing_where_one_is_asked_for(
    session: Session, values: dict[str, Any], told: str
) -> None:
    asked = given(patient(session, FakeApi()), {"cert-manager": {"enabled": True}, **values})
    assert [each.told for each in certificates.issuer(asked)] == [told]


def test_who_has_a_certificate_needs_no_issuer(session: Session) -> None:
    own = {"cert-manager": {"enabled": True}, "defaultCertificate": {"secretName": "ours"}}
    assert list(certificates.issuer(given(patient(session, FakeApi()), own))) == []


def given(asked: Patient, values: dict[str, Any]) -> Patient:
    """The same with other values of the support."""
    assert asked.wanted
    merged = merge([Layer(name="chart defaults", values=values)])
    return replace(asked, wanted=replace(asked.wanted, merged=merged))
