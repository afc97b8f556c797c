"""Finding a chart, its dependencies and which of them values enable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts import lock
from deployer.charts.chart import Dependency, charts, find_chart, needed
from deployer.errors import DeployerError
from tests.charts.conditions import CASES, Case
from tests.charts.making import write_chart

if TYPE_CHECKING:
    from pathlib import Path

ONE = {"name": "one", "version": "1.0.0", "repository": "https://charts.example/"}


def umbrella(root: Path, *dependencies: dict[str, Any]) -> Path:
    return write_chart(root / "helm-charts/umbrella", dependencies=dependencies, values={"a": 1})


def test_the_roots_own_chart_comes_before_a_shipped_one(tmp_path: Path) -> None:
    own = write_chart(tmp_path / "helm-charts/basehub", values={"own": True})
    chart = find_chart(tmp_path, "basehub")
    assert (chart.directory, chart.defaults.data, chart.defaults.name) == (
        own,
        {"own": True},
        "helm-charts/basehub/values.yaml",
    )


def test_a_fleet_without_charts_uses_the_shipped_ones(tmp_path: Path, repository: Path) -> None:
    assert find_chart(tmp_path, "basehub").directory == repository / "helm-charts/basehub"
    assert "basehub" in charts(tmp_path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("basehib", "did you mean `basehub`?"), ("../basehub", "did you mean `basehub`?")],
)
def test_an_unknown_chart_gets_the_nearest_name(name: str, hint: str, tmp_path: Path) -> None:
    write_chart(tmp_path / "helm-charts/basehub")
    with pytest.raises(DeployerError, match="no such chart") as raised:
        find_chart(tmp_path, name)
    assert raised.value.hint == hint


def test_versions_come_from_the_lock(tmp_path: Path) -> None:
    ranged = {**ONE, "version": "^1.0.0"}
    directory = umbrella(tmp_path, ranged)
    (directory / "Chart.lock").write_text(lock.text([ranged], ["1.5.0"], generated="now"))
    assert find_chart(tmp_path, "umbrella").dependencies == (
        Dependency(name="one", version="1.5.0", repository="https://charts.example/"),
    )


def test_a_range_without_a_lock_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    umbrella(tmp_path, {**ONE, "version": "^1.0.0"})
    with pytest.raises(DeployerError, match="no exact version of dependency `one`: \\^1") as raised:
        find_chart(tmp_path, "umbrella")
    assert raised.value.hint == "write the version in full, or lock it with `deployer charts update`"


@pytest.mark.parametrize(
    "listed",
    [3, [3], [{}], [{"name": 3}], [{**ONE, "condition": 3}], [{**ONE, "tags": 3}], [{**ONE, "alias": [3]}]],
)
def test_dependencies_of_no_use_are_an_error(listed: Any, tmp_path: Path) -> None:
    directory = umbrella(tmp_path)
    chart = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0", "dependencies": listed}
    (directory / "Chart.yaml").write_text(json.dumps(chart))
    with pytest.raises(DeployerError, match="`dependencies` must be a list of maps, each with a `name`"):
        find_chart(tmp_path, "umbrella")


def test_an_override_replaces_versions_and_adds_hashes_but_not_the_defaults(tmp_path: Path) -> None:
    directory = umbrella(tmp_path, ONE)
    (directory / "Chart.lock").write_text(lock.text([ONE], ["1.0.0"], generated="now"))
    (directory / "packages.sha256").write_text(f"{'a' * 64}  one-1.0.0.tgz\n")
    override = write_chart(tmp_path / "cluster", dependencies=[{**ONE, "version": "2.0.0"}])
    (override / "packages.sha256").write_text(f"{'b' * 64}  one-2.0.0.tgz\n")
    chart = find_chart(tmp_path, "umbrella", override=override / "Chart.yaml")
    assert [str(dependency) for dependency in chart.dependencies] == ["one 2.0.0"]
    assert chart.defaults.data == {"a": 1}
    assert chart.hashes == {"one-1.0.0.tgz": "a" * 64, "one-2.0.0.tgz": "b" * 64}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_dependency_is_needed_as_helm_decides_it(case: Case, tmp_path: Path) -> None:
    """The cases are checked against real Helm in test_rules_of_helm.py."""
    condition, tags, values, expected = case
    entry: dict[str, Any] = {**ONE, "tags": tags}
    if condition:
        entry["condition"] = condition
    umbrella(tmp_path, entry)
    assert bool(needed(find_chart(tmp_path, "umbrella"), values)) is expected
