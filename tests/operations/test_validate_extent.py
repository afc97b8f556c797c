"""How much of a fleet is checked: an error hides as little as it can, and what is left out is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema
import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.schema import SCHEMAS
from deployer.operations.validation.validate import validate
from deployer.rules.baseline import Baseline
from tests.operations.making import Fleet
from tests.operations.validating import CLUSTER, FORBIDDEN, VALUES

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report
    from deployer.session import Session

BAD_PYTHON = "jupyterhub: {hub: {extraConfig: {a: 'def f('}}}\n"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def said(report: Report) -> tuple[str, ...]:
    """Return the notices that are not about where a chart comes from."""
    return tuple(each for each in report.notices if "comes from a folder" not in each)


def rules(report: Report) -> list[str]:
    return [each.rule for each in report.problems]


def test_the_hubs_of_a_file_that_cannot_be_read_are_named(session: Session, fleet: Fleet) -> None:
    fleet.write(VALUES, "a: [\n")
    report = validate(session, fleet.root)
    assert rules(report) == ["yaml"]
    assert (report.ok, report.errors, report.clusters, report.hubs) == (False, 1, 1, 1)
    assert report.not_checked == ()
    expected = "not looked at, since what their values come from cannot be taken: campus: `research`"
    assert expected in report.summary()["notices"]


def test_an_entry_without_a_name_is_told_by_its_number(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    text = (fleet.root / CLUSTER).read_text().replace("schema: 2", "  - domain: a.example.org\nschema: 2")
    fleet.write(CLUSTER, text)
    report = validate(session, fleet.root, render=False)
    assert said(report) == (
        "not looked at, since what their values come from cannot be taken: campus: hub 2",
    )


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ("provider: local", "provider: local\nno_such_key: 1", "schema"),
        ("provider: local", "providr: local", "schema"),
        ("provider: local", "uid: a", "schema"),
        ("name: campus", "name: camp", "cluster-name"),
        ("provider: local", "provider: local\nkubeconfig: {fil: a}", "schema"),
        ("    domain:", "    display_nam: A\n    domain:", "schema"),
        ("    domain:", "    features: {cullin: true}\n    domain:", "schema"),
        ("    domain:", "    auth: {type: githup}\n    domain:", "schema"),
        ("    domain:", "    domain: a.example.org\n    domain:", "duplicate-key"),
    ],
)
def test_what_is_wrong_in_cluster_yaml_hides_nothing_of_the_values(
    session: Session, fleet: Fleet, old: str, new: str, first: str
) -> None:
    fleet.chart({"properties": {"cull": FORBIDDEN}})
    fleet.write(VALUES, f"{BAD_PYTHON[:-2]}, cull: {{}}}}\n")
    fleet.write(CLUSTER, (fleet.root / CLUSTER).read_text().replace(old, new, 1))
    found = rules(validate(session, fleet.root, render=False))
    assert first in found
    assert {"embedded-python", "chart-schema"} <= set(found)
    assert set(found) <= {first, "embedded-python", "chart-schema", "provider-block"}


@pytest.mark.parametrize(
    ("text", "first"),
    [("jupyterhub: {custom: {}, a: 1, a: 2", "duplicate-key"), ("image: {tag: 1.10}\njupyterhub: {b: 1", "")],
)
def test_one_error_of_a_file_hides_no_other(session: Session, fleet: Fleet, text: str, first: str) -> None:
    fleet.chart({"properties": {"cull": FORBIDDEN}})
    fleet.write(VALUES, f"{text}, cull: {{}}, hub: {{extraConfig: {{a: 'def f('}}}}}}\n")
    found = set(rules(validate(session, fleet.root, render=False)))
    assert found >= {first or "misread-version", "chart-schema", "embedded-python"}


@pytest.mark.parametrize(
    ("preset", "first", "looked_at"),
    [
        ("description: A\nfeatures: {cullin: true}\n", "schema", True),
        ("description: A\nfeture: {}\n", "schema", True),
        ("description: A\nvalues: [1]\n", "schema", False),
        ("description: A\nextends: [nobody]\n", "preset", False),
        ("description: [\n", "yaml", False),
    ],
)
def test_what_is_wrong_in_a_preset_hides_as_little(
    session: Session, fleet: Fleet, preset: str, first: str, *, looked_at: bool
) -> None:
    fleet.chart()
    fleet.write("config/presets/own.yaml", preset)
    fleet.write(VALUES, BAD_PYTHON)
    text = (fleet.root / CLUSTER).read_text()
    fleet.write(CLUSTER, text.replace("    domain:", "    presets: [own]\n    domain:"))
    found = set(rules(validate(session, fleet.root, render=False)))
    assert found == {first, *(("embedded-python",) if looked_at else ())}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    domain:", "    presets: [nobody]\n    domain:"),
        ("helm_chart: basehub", "helm_chart: basehob"),
        ("    helm_chart: basehub\n", ""),
        ("[research.values.yaml]", "research.values.yaml"),
        ("[research.values.yaml]", "[research.values.yaml, nothing.yaml]"),
        ("helm_chart_values_files", "helm_chart_value_files"),
    ],
)
def test_a_hub_without_its_values_is_left_alone_and_its_neighbours_are_not(
    session: Session, fleet: Fleet, old: str, new: str
) -> None:
    fleet.chart()
    fleet.write(VALUES, BAD_PYTHON)
    fleet.cluster("campus", one="research.values.yaml", two="research.values.yaml")
    fleet.write(CLUSTER, (fleet.root / CLUSTER).read_text().replace(old, new, 1))
    report = validate(session, fleet.root, render=False)
    told = [each.message for each in report.problems if each.rule == "embedded-python"]
    assert [each.partition(":")[0] for each in told] == ["hub `two`"]
    assert said(report) == (
        "not looked at, since what their values come from cannot be taken: campus: `one`",
    )


def test_settings_that_two_hubs_share_by_an_alias_are_left_out_of_both(
    session: Session, fleet: Fleet
) -> None:
    fleet.chart()
    fleet.cluster("campus", one="research.values.yaml", two="research.values.yaml")
    first, second = "    auth: &a {type: githup}\n    domain: one", "    auth: *a\n    domain: two"
    text = (fleet.root / CLUSTER).read_text()
    fleet.write(CLUSTER, text.replace("    domain: one", first).replace("    domain: two", second))
    assert said(validate(session, fleet.root, render=False)) == (
        "looked at in part, since what an error is about was left out: campus: `one`, `two`",
    )


def test_what_is_left_out_is_missed_by_nobody(session: Session, fleet: Fleet) -> None:
    """The key that the chart wants may be in what could not be taken."""
    fleet.chart({"properties": {"proxy": {"required": ["key"]}}})
    fleet.write(VALUES, "jupyterhub: {proxy: {}}\n")
    text = (fleet.root / CLUSTER).read_text()
    assert rules(validate(session, fleet.root, render=False)) == ["chart-schema"]
    fleet.write(CLUSTER, text.replace("    domain:", "    auth: {type: githup}\n    domain:"))
    report = validate(session, fleet.root, render=False)
    assert rules(report) == ["schema"]
    assert said(report) == (
        "looked at in part, since what an error is about was left out: campus: `research`",
    )
    # Accepted, it is as good as meant.
    known = Baseline(everything=True)
    assert rules(validate(session, fleet.root, render=False, baseline=known)) == ["schema", "chart-schema"]


def test_objects_wait_for_errors_of_the_values_and_that_is_said(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    fleet.write(VALUES, BAD_PYTHON)
    report = validate(session, fleet.root)
    assert rules(report) == ["embedded-python"]
    assert said(report) == ("objects not looked at, since other errors come first: campus: `research`",)
    assert said(validate(session, fleet.root, render=False)) == ()


def test_one_cluster_or_some_hubs_can_be_checked_alone(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"cull": FORBIDDEN}})
    fleet.write("config/clusters/broken/cluster.yaml", "[")
    fleet.cluster("campus", one="one.values.yaml", two="two.values.yaml")
    for name in ("one", "two"):
        fleet.write(f"config/clusters/campus/{name}.values.yaml", "jupyterhub: {cull: {}}\n")
    whole = validate(session, fleet.root, cluster="campus")
    assert [problem.path for problem in whole.problems] == [
        f"config/clusters/campus/{name}.values.yaml" for name in ("one", "two")
    ]
    one = validate(session, fleet.root, cluster="campus", hubs=["two"])
    assert ([problem.path for problem in one.problems], one.hubs) == (
        ["config/clusters/campus/two.values.yaml"],
        1,
    )


def test_an_unknown_name_is_an_error(session: Session, fleet: Fleet) -> None:
    with pytest.raises(DeployerError, match="no such cluster: campsu"):
        validate(session, fleet.root, cluster="campsu")
    with pytest.raises(DeployerError, match="no such hub: campus reserch"):
        validate(session, fleet.root, cluster="campus", hubs=["reserch"])


def test_an_interruption_ends_it(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    session.interruption.request()
    with pytest.raises(Interrupted):
        validate(session, fleet.root)


def test_an_assumed_version_is_said_once(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    fleet.cluster("other", one="")
    (fleet.root / "config/org.yaml").unlink()
    assert validate(session, fleet.root).notices[0] == (
        "Kubernetes 1.34 is assumed for 2 clusters: "
        "write `kubernetes_version` in cluster.yaml, or under `defaults` in config/org.yaml"
    )


def test_the_report_is_as_its_schema_says(session: Session, fleet: Fleet) -> None:
    fleet.write("config/clusters/other/cluster.yaml", "name: campus\n")
    summary = validate(session, fleet.root).summary()
    assert summary["problems"]
    assert summary["not_checked"]
    jsonschema.validate(summary, json.loads((SCHEMAS / "report.schema.json").read_text()))
