"""What a cluster runs for all of its hubs is checked like a hub, when cluster.yaml says something of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.validation import validate as validation
from deployer.operations.validation.changes import Changes
from deployer.operations.validation.validate import validate
from tests.charts.making import write_chart
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

CLUSTER = "config/clusters/campus/cluster.yaml"
SUPPORT = "config/clusters/campus/support.values.yaml"
KNOWN = ("calico", "cert-manager", "entrypoint", "grafana", "prometheus", "traefik")
SCHEMA = json.dumps({"properties": {key: {} for key in KNOWN}, "additionalProperties": False})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """A fleet with a chart `support` of its own, whose one package is in the mirror."""
    fleet = Fleet(tmp_path)
    fleet.chart()
    dependency = {"name": "traefik", "version": "1.0.0", "repository": "https://charts.example.org/"}
    files = {"values.schema.json": SCHEMA}
    write_chart(fleet.root / "helm-charts/support", dependencies=[dependency], files=files)
    package = {"values.schema.json": '{"properties": {"replicas": {"type": "integer"}}}'}
    write_chart(fleet.mirror / "traefik", version="1.0.0", files=package)
    listed = "support: {helm_chart_values_files: [support.values.yaml]}\n"
    fleet.write(CLUSTER, (fleet.root / CLUSTER).read_text() + listed)
    fleet.write(SUPPORT, "traefik: {replicas: 2}\n")
    return fleet


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def found(session: Session, fleet: Fleet, **how: Any) -> list[str]:
    report = validate(session, fleet.root, render=False, **how)
    assert report.not_checked == ()
    return [str(problem) for problem in report.problems]


def test_values_that_fit_have_nothing_said_about_them(session: Session, fleet: Fleet) -> None:
    assert found(session, fleet) == []


def test_a_wrong_value_is_told_where_it_is_set_once_and_again_from_the_cache(
    session: Session, fleet: Fleet
) -> None:
    fleet.write(SUPPORT, "traefik:\n  replicas: two\ntraefic: {}\n")
    expected = [
        f"{SUPPORT}:2:3: support: `traefik.replicas` must be a whole number, not text [chart-schema]",
        f"{SUPPORT}:3:1: support: unknown key `traefic`, did you mean `traefik`? [chart-schema]",
    ]
    assert found(session, fleet) == expected
    assert found(session, fleet) == expected


def test_a_key_of_another_fleets_chart_is_told_with_what_takes_its_place(
    session: Session, fleet: Fleet
) -> None:
    fleet.write(SUPPORT, "calico: {enabled: true}\n")
    (line,) = found(session, fleet)
    assert line.startswith(f"{SUPPORT}:1:1: warning: support: `calico` has no effect: EKS enforces network ")


def test_a_package_that_is_not_at_hand_is_named(session: Session, fleet: Fleet) -> None:
    (fleet.mirror / "traefik/Chart.yaml").unlink()
    report = validate(session, fleet.root, render=False)
    assert report.ok
    told = [line.partition(";")[0] for line in report.notices if line.startswith("not checked")]
    assert (told, report.not_checked) == (["not checked: traefik 1.0.0"], ())


def test_only_hubs_are_looked_at_when_hubs_are_named(session: Session, fleet: Fleet) -> None:
    fleet.write(SUPPORT, "nonsense: {}\n")
    assert found(session, fleet, cluster="campus", hubs=["research"]) == []
    assert len(found(session, fleet, cluster="campus")) == 1


def test_after_an_error_in_its_files_nothing_more_is_said(session: Session, fleet: Fleet) -> None:
    fleet.write(SUPPORT, "nonsense: [\n")
    report = validate(session, fleet.root, render=False)
    assert [problem.rule for problem in report.problems] == ["yaml"]
    expected = "not looked at, since what their values come from cannot be taken: campus: `support`"
    assert expected in report.notices


def test_a_cluster_that_says_nothing_of_it_is_left_alone(session: Session, fleet: Fleet) -> None:
    fleet.cluster("campus", research="research.values.yaml")
    (fleet.root / SUPPORT).unlink()
    (fleet.mirror / "traefik/Chart.yaml").unlink()
    assert found(session, fleet) == []


def test_it_is_looked_at_whatever_has_changed(
    session: Session, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        validation, "changes_since", lambda *_args: Changes(revision="main", files=1, reached=())
    )
    fleet.write(SUPPORT, "nonsense: {}\n")
    assert len(found(session, fleet, changed_since="main")) == 1
