"""An operator's own rules among the others: where they point, ignored, in a baseline, broken."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load_fleet
from deployer.operations.validation.baseline import against, recorded
from deployer.operations.validation.validate import validate
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report
    from deployer.session import Session

VALUES = "config/clusters/campus/research.values.yaml"
CLUSTER = "config/clusters/campus/cluster.yaml"
RULE = "config/rules/mine.yaml"


def rule(check: str, *, of: str = "hub", at: str = "", severity: str = "error") -> str:
    examples = "{valid: [{values: {a: 1}, hub: {a: 1}, cluster: {a: 1}}], invalid: [{}]}"
    if of == "cluster":
        examples = "{valid: [{cluster: {a: 1}}], invalid: [{}]}"
    place = f"at: {at}\n" if at else ""
    return (
        f"summary: Want something.\nseverity: {severity}\nfor: {of}\n{place}check: {check}\n"
        f"message: wrong\nexamples: {examples}\n"
    )


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    fleet = Fleet(tmp_path)
    fleet.chart()
    fleet.write(VALUES, "jupyterhub:\n  hub: {}\n")
    fleet.write(RULE, rule("has(values.a)"))
    return fleet


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def lines(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("at", "place", "about"),
    [
        ("", f"{CLUSTER}:4:5", "wrong"),
        ("hub", f"{CLUSTER}:4:5", "wrong"),
        ("hub.domain", f"{CLUSTER}:5:5", "wrong"),
        ("hub.helm_chart_values_files[0]", f"{CLUSTER}:7:31", "wrong"),
        ("hub.missing", f"{CLUSTER}:4:5", "wrong"),
        ("cluster.provider", f"{CLUSTER}:2:1", "wrong"),
        ("values.jupyterhub.hub", f"{VALUES}:2:3", "wrong"),
        ("values.jupyterhub.hub.missing", f"{VALUES}:2:3", "wrong"),
        ("values.jupyterhub.proxy.service.type", f"{CLUSTER}:4:5", "wrong (computed: ingress)"),
    ],
)
def test_a_rule_points_where_it_says(session: Session, fleet: Fleet, at: str, place: str, about: str) -> None:
    fleet.write(RULE, rule("has(values.a)", at=at))
    assert lines(validate(session, fleet.root, render=False)) == [f"{place}: hub `research`: {about} [mine]"]


def test_a_rule_for_clusters_is_asked_of_each(session: Session, fleet: Fleet) -> None:
    check = "has(cluster.a) || has(cluster.hubs) && cluster.hubs.exists(h, h.name == 'one')"
    fleet.write(RULE, rule(check, of="cluster", severity="warning"))
    fleet.cluster("other", one="")
    report = validate(session, fleet.root, render=False)
    assert (lines(report), report.ok) == ([f"{CLUSTER}:1:1: warning: wrong [mine]"], True)
    assert validate(session, fleet.root, render=False, cluster="other").problems == ()


def test_it_can_be_ignored_and_its_ignores_can_be_unused(session: Session, fleet: Fleet) -> None:
    text = (fleet.root / CLUSTER).read_text()
    fleet.write(CLUSTER, f"{text}ignore:\n  - {{rule: mine, reason: why}}\n")
    report = validate(session, fleet.root, render=False)
    assert (report.problems, report.ignored) == ((), 1)
    fleet.write(VALUES, "a: 1\n")
    (problem,) = validate(session, fleet.root, render=False).problems
    assert problem.rule == "unused-ignore"


@pytest.mark.parametrize("of", ["cluster", "hub"])
def test_what_is_ignored_of_a_cluster_is_counted_too(session: Session, fleet: Fleet, of: str) -> None:
    name = "cluster" if of == "cluster" else "values"
    fleet.write(RULE, rule(f"has({name}.a)", of=of))
    text = (fleet.root / CLUSTER).read_text()
    fleet.write(CLUSTER, f"{text}ignore:\n  - {{rule: mine, reason: why}}\n")
    report = validate(session, fleet.root, render=False)
    assert (report.problems, report.ignored) == ((), 1)


def test_a_broken_rule_is_a_rule_all_the_same_to_those_who_ignore_it(session: Session, fleet: Fleet) -> None:
    fleet.write(RULE, rule("has(values.a"))
    text = (fleet.root / CLUSTER).read_text()
    fleet.write(CLUSTER, f"{text}ignore:\n  - {{rule: mine, reason: why}}\n")
    (problem,) = validate(session, fleet.root, render=False).problems
    assert (problem.path, problem.rule) == (RULE, "own-rule")


def test_what_it_finds_can_be_in_a_baseline(session: Session, fleet: Fleet, tmp_path: Path) -> None:
    check = partial(validate, session, fleet.root, render=False)
    recorded(tmp_path / "baseline.json", check)
    assert against(tmp_path / "baseline.json", check).problems == ()
    fleet.cluster("campus", research="research.values.yaml", second="")
    (problem,) = against(tmp_path / "baseline.json", check).problems
    assert problem.message == "hub `second`: wrong"


def test_a_deploy_does_not_ask_own_rules(fleet: Fleet) -> None:
    fleet.write(RULE, "[")
    assert load_fleet(fleet.root).clusters


def test_a_fleet_without_rules_does_without_the_library(
    session: Session, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fleet.root / RULE).unlink()
    monkeypatch.setitem(sys.modules, "deployer.rules.own.definition", None)
    assert validate(session, fleet.root, render=False).problems == ()
