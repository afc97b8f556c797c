"""Dashboards: Grafana can read them, Prometheus can answer, and what they ask for is told by somebody."""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import dashboards
from dashboards.__main__ import CHARTS, DIRECTORIES, of, write
from deployer.operations.grafana.annotations import DEPLOY
from tests.support.promql import Asked, asked, labels
from tests.support.recorded import untold
from tests.support.test_rules import program, run

if TYPE_CHECKING:
    from pathlib import Path

FILES = dashboards.files()
READ: dict[str, dict[str, Any]] = {path: json.loads(text) for path, text in FILES.items()}
PANELS = [
    pytest.param(path, panel, id=f"{path}: {panel['title']}")
    for path, dashboard in READ.items()
    for panel in dashboard["panels"]
    if panel["type"] != "row"
]
CHOSEN = {"$hub": "maths|physics", "$server": "jupyter-.*"}
MADE_HERE = {"cluster", "gib", "le"}
"""Labels that questions make themselves, and that of buckets."""


def questions(path: str) -> list[str]:
    panels = READ[path]["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]


def variables(path: str) -> list[str]:
    """Return what is asked for the choices above a dashboard."""
    queries = [each["query"] for each in READ[path]["templating"]["list"] if each["type"] == "query"]
    return [
        match[1] for each in queries if (match := re.fullmatch(r"label_values\((.*), \w+\)", each["query"]))
    ]


def answerable(expr: str) -> str:
    """Return a question with what Grafana puts in for its variables."""
    for name, value in (*CHOSEN.items(), ("$__rate_interval", "2m")):
        expr = expr.replace(name, value)
    return expr


ASKED = sorted({(path, expr) for path in READ for expr in (*questions(path), *variables(path))})


def test_the_files_are_what_the_modules_describe(tmp_path: Path) -> None:
    write(tmp_path)
    for directory, folder in DIRECTORIES.items():
        assert written(CHARTS / directory) == of(folder), "run `python -m dashboards`"
        assert written(tmp_path / directory) == of(folder)


def written(directory: Path) -> dict[str, str]:
    return {str(file.relative_to(directory)): file.read_text() for file in directory.rglob("*.json")}


def test_each_has_a_name_of_its_own_and_a_schema_that_grafana_knows() -> None:
    uids = [each["uid"] for each in READ.values()]
    assert len(set(uids)) == len(uids)
    assert {each["schemaVersion"] for each in READ.values()} == {41}
    # Without an id Grafana gives one; with another's it would overwrite that.
    assert [path for path, each in READ.items() if "id" in each] == []


@pytest.mark.parametrize(("path", "panel"), PANELS)
def test_a_panel_says_what_it_shows_in_which_unit(path: str, panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert len(panel["description"]) > len("In CPUs"), "what a reader is to think of it"
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    assert {each["datasource"]["uid"] for each in (panel, *panel["targets"])} == {"${datasource}"}
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_deploys_are_marked_where_a_central_grafana_is_told_of_them() -> None:
    asked = [[each["target"]["tags"] for each in board["annotations"]["list"]] for board in READ.values()]
    assert asked == [[[DEPLOY, "cluster:${datasource:text}"]]] * len(READ)


@pytest.mark.parametrize("path", READ)
def test_panels_lie_beside_each_other(path: str) -> None:
    panels = READ[path]["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert [pair for pair in combinations(places, 2) if overlap(*pair)] == []
    assert all(first["y"] <= then["y"] for first, then in pairwise(places))


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    down = one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    return across and down


@pytest.mark.parametrize(("path", "expr"), ASKED)
def test_only_choices_that_the_dashboard_offers_are_used(path: str, expr: str) -> None:
    offered = {f"${each['name']}" for each in READ[path]["templating"]["list"]} | {"$__rate_interval"}
    # "$1" is a group of label_replace.
    assert set(re.findall(r"\$[a-z_]\w*", expr)) <= offered


@pytest.mark.parametrize(("path", "expr"), ASKED)
def test_what_is_asked_for_is_told_by_a_program_with_these_labels(path: str, expr: str) -> None:
    """Not an answer that is always empty: the names are those that programs were seen to tell."""
    assert asked(expr)
    assert untold(expr, made=MADE_HERE) == []


def test_a_label_of_pods_is_one_that_kube_state_metrics_is_told_to_show(repository: Path) -> None:
    values = yaml.safe_load((repository / "helm-charts/support/values.yaml").read_text())
    allowed = values["prometheus"]["kube-state-metrics"]["metricLabelsAllowlist"]
    pods = next(each for each in allowed if each.startswith("pods="))
    shown = {"label_" + re.sub(r"\W", "_", name) for name in pods[len("pods=[") : -1].split(",")}
    wanted = {
        label
        for _, expr in ASKED
        for each in asked(expr)
        if each.metric == "kube_pod_labels"
        for label, _, _ in each.matchers
        if label.startswith("label_")
    }
    assert wanted
    assert wanted <= shown
    assert "nodes=[*]" in allowed


@pytest.mark.parametrize(("path", "expr"), [each for each in ASKED if each[0].startswith("hubs/")])
def test_what_a_community_sees_is_of_its_own_namespace(path: str, expr: str) -> None:
    """So that a hub's dashboards show the same when the namespace is enforced."""
    of_hub = ("namespace", "=~", "$hub")
    hubs = expr == 'kube_deployment_spec_replicas{deployment="hub"}'
    assert hubs or all(of_hub in each.matchers for each in asked(expr))


def test_selectors_are_read_as_they_are_meant() -> None:
    expr = (
        'sum by (le) (rate(a_bucket{x=~"{.*}"}[5m])) / on (pod) group_left (y) max(b) and c > 2 or vector(0)'
    )
    assert asked(expr) == [Asked("a_bucket", (("x", "=~", "{.*}"),)), Asked("b"), Asked("c")]
    assert asked("rate(a[7d] offset 1d) > 3 * b") == [Asked("a"), Asked("b")]
    assert labels(expr) == {"le", "pod", "y"}


@pytest.mark.integration
def test_prometheus_understands_every_question(tmp_path: Path) -> None:
    rules = [
        {"record": f"asked_{number}", "expr": answerable(expr)} for number, (_, expr) in enumerate(ASKED)
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    said = run(program("promtool"), "check", "rules", str(tmp_path / "rules.yaml"))
    assert f"{len(ASKED)} rules found" in said
