"""Definitions of resources: what is applied before a release, and when it counts as there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts.assemble import PreparedChart
from deployer.charts.package import Package
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.model import Fleet
from deployer.operations.access import Connection
from deployer.operations.deploy import definitions, gateway_api
from deployer.operations.deploy.upgrade import Options, Upgrade
from deployer.operations.render import Rendered
from deployer.render.merge import Layer, merge
from deployer.tools.kubernetes import Conflict
from tests.operations.fake_api import FakeApi
from tests.render import fleets

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ONE = "kind: CustomResourceDefinition\nmetadata: {name: ones.example.org}\n"
SERVED = {"conditions": [{"type": "Established", "status": "True"}]}


@pytest.fixture
def chart(tmp_path: Path) -> PreparedChart:
    """A chart with a definition in a file, which was taken out, and something else in that file."""
    for name in ("support", "crds/one"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "crds/one/a.yaml").write_text(f"{ONE}---\nkind: Kustomization\n")
    return PreparedChart(path=tmp_path / "support", packages=())


def prepared(
    session: Session, chart: PreparedChart, api: FakeApi, tmp_path: Path, **values: Any
) -> tuple[Upgrade, Rendered]:
    cluster = fleets.cluster("gcp")
    said = {"cert-manager": {"crds": {"enabled": False}}, **values}
    merged = merge([Layer(name="chart defaults", values=said)])
    wanted = Rendered(
        owner=cluster.support,
        host="",
        chart=chart,
        kube_version="1.34",
        merged=merged,
        values_for_helm=merged.values,
    )
    connection = Connection(api=api, kubeconfig=tmp_path, env={}, programs=None)  # type: ignore[arg-type]  # none is run
    work = Upgrade(
        session=session,
        fleet=Fleet(root=tmp_path, clusters=(cluster,)),
        cluster=cluster,
        owner=cluster.support,
        connection=connection,
        helm=None,  # type: ignore[arg-type]  # comes after
        home=tmp_path,
        options=Options(),
    )
    return work, wanted


def test_definitions_are_applied_by_the_server_and_nothing_else(
    session: Session, chart: PreparedChart, tmp_path: Path
) -> None:
    api = FakeApi()
    api.put(f"{CRDS}/ones.example.org", {"status": SERVED})
    definitions.apply(*prepared(session, chart, api, tmp_path))
    assert api.calls == [f"apply {CRDS}/ones.example.org as deployer"]


def test_what_somebody_else_wrote_otherwise_is_taken_over_and_that_is_told(
    session: Session, chart: PreparedChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FakeApi()
    api.put(f"{CRDS}/ones.example.org", {"status": SERVED})
    work, wanted = prepared(session, chart, api, tmp_path)
    notes: list[str] = []
    monkeypatch.setattr(Upgrade, "note", lambda _work, text: notes.append(text))
    apply = api.apply

    def refuse(path: str, body: dict[str, Any], *, manager: str, force: bool = True) -> dict[str, Any]:
        if not force:
            raise Conflict('Apply failed with 2 conflicts: conflicts with "kubectl": ... with "helm": ...')
        return apply(path, body, manager=manager, force=force)

    monkeypatch.setattr(api, "apply", refuse)
    definitions.apply(work, wanted)
    assert notes == ["the definition of ones.example.org was written by helm, kubectl: ours takes its place"]
    assert api.calls == [f"apply {CRDS}/ones.example.org as deployer by force"]


def test_what_a_package_has_among_its_templates_is_rendered_with_it_on(
    session: Session, chart: PreparedChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release itself has them off, else they would go when it goes."""
    asked: list[Any] = []

    def render(*_args: object, values: Any, **_more: object) -> str:
        asked.append(values)
        return "kind: Service\n---\nkind: CustomResourceDefinition\nmetadata: {name: certificates}\n"

    monkeypatch.setattr(definitions, "manifests", render)
    package = Package(name="cert-manager", version="1", defaults={}, schema=None)
    api = FakeApi()
    for name in ("ones.example.org", "certificates"):
        api.put(f"{CRDS}/{name}", {"status": SERVED})
    work, wanted = prepared(session, replace(chart, packages=(package,)), api, tmp_path)
    definitions.apply(work, wanted)
    assert asked == [{"cert-manager": {"crds": {"enabled": True}}}]
    assert api.calls == [f"apply {CRDS}/{name} as deployer" for name in ("ones.example.org", "certificates")]
    stamp = api.get(f"{CRDS}/certificates")["metadata"]["annotations"]
    assert stamp == {"deployer.dev/package": "cert-manager 1"}
    assert wanted.values_for_helm == {"cert-manager": {"crds": {"enabled": False}}}


def test_a_release_waits_until_its_definitions_are_served(
    session: Session, chart: PreparedChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FakeApi()
    work, wanted = prepared(session, chart, api, tmp_path)
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        api.objects[f"{CRDS}/ones.example.org"]["status"] = SERVED

    monkeypatch.setattr(work.session.interruption, "sleep", sleep)
    definitions.apply(work, wanted)
    assert len(slept) == 1


def test_a_definition_that_is_never_served_is_named(
    session: Session, chart: PreparedChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "_PATIENCE", -1)
    with pytest.raises(DeployerError, match=r"not served after -1 s: ones\.example\.org"):
        definitions.apply(*prepared(session, chart, FakeApi(), tmp_path))


def test_a_user_may_stop_it(session: Session, chart: PreparedChart, tmp_path: Path) -> None:
    api = FakeApi()
    session.interruption.request()
    with pytest.raises(Interrupted):
        definitions.apply(*prepared(session, chart, api, tmp_path))
    assert api.calls == []


def test_a_chart_without_definitions_asks_the_cluster_nothing(session: Session, tmp_path: Path) -> None:
    api = FakeApi()
    definitions.apply(
        *prepared(session, PreparedChart(path=tmp_path / "basehub", packages=()), api, tmp_path)
    )
    assert api.calls == []


GATEWAYS = f"{CRDS}/gateways.gateway.networking.k8s.io"
WITH_GATEWAY = {"gatewayAPI": {"enabled": True}}


@pytest.fixture
def of_gateway_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with one definition of Gateway API, in the place of those that are pinned."""
    file = tmp_path / "gateways.yaml"
    file.write_text("kind: CustomResourceDefinition\nmetadata: {name: gateways.gateway.networking.k8s.io}\n")
    monkeypatch.setattr(gateway_api, "gateway_api", lambda *_given: (file,))
    monkeypatch.setattr(gateway_api, "find_chart", lambda *_given: None)


@pytest.mark.usefixtures("of_gateway_api")
@pytest.mark.parametrize(
    ("there", "applied"), [(None, True), ("deployer", True), ("kube-addon-manager", False)]
)
def test_gateway_api_is_defined_unless_others_look_after_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: str | None, applied: bool
) -> None:
    api = FakeApi()
    work, wanted = prepared(session, empty(tmp_path), api, tmp_path, **WITH_GATEWAY)
    if there:
        version = {"gateway.networking.k8s.io/bundle-version": "v1.2.1"}
        api.put(
            GATEWAYS,
            {"metadata": {"annotations": version, "managedFields": [{"manager": there}]}, "status": SERVED},
        )
    monkeypatch.setattr(definitions, "_served", lambda _definition: True)
    told: list[str] = []
    monkeypatch.setattr(Upgrade, "note", lambda _work, text: told.append(text))
    definitions.apply(work, wanted)
    assert api.calls == ([f"apply {GATEWAYS} as deployer"] if applied else [])
    left = "Gateway API v1.2.1 was brought by others: its definitions are left as they are"
    assert told == ([] if applied else [left])


@pytest.mark.usefixtures("of_gateway_api")
def test_without_a_gateway_its_definitions_are_not_even_looked_for(session: Session, tmp_path: Path) -> None:
    api = FakeApi()
    definitions.apply(*prepared(session, empty(tmp_path), api, tmp_path))
    assert api.calls == []


def empty(tmp_path: Path) -> PreparedChart:
    return PreparedChart(path=tmp_path / "basehub", packages=())
