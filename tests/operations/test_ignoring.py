"""Known problems in a whole validation: ignored ones, and those of a baseline."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.validation.baseline import against, recorded
from deployer.operations.validation.validate import validate
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report
    from deployer.session import Session

VALUES = "config/clusters/campus/research.values.yaml"
COMMON = "config/clusters/common.values.yaml"
CLUSTER = "config/clusters/campus/cluster.yaml"
SCHEMA = {"properties": {"cull": {"not": {}}, "debug": {"type": "object"}}}
BAD = "jupyterhub: {cull: {}}\n"
IGNORED = "jupyterhub:\n  # deployer: ignore=chart-schema why\n  cull: {}\n"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    fleet = Fleet(tmp_path)
    fleet.chart(SCHEMA)
    return fleet


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def ignore(*entries: dict[str, Any]) -> str:
    return f"ignore: {json.dumps([{'reason': 'why', **entry} for entry in entries])}\n"


class TestIgnored:
    def test_what_a_chart_forbids_can_be_ignored_where_it_is_said(
        self, session: Session, fleet: Fleet
    ) -> None:
        fleet.write(VALUES, IGNORED)
        report = validate(session, fleet.root, render=False)
        assert (report.problems, report.ignored, report.ok) == ((), 1, True)
        assert report.summary()["ignored"] == 1

    def test_a_problem_of_several_hubs_counts_once(self, session: Session, fleet: Fleet) -> None:
        fleet.write(COMMON, IGNORED)
        fleet.cluster("campus", one="../common.values.yaml", two="../common.values.yaml")
        assert validate(session, fleet.root, render=False).ignored == 1

    def test_a_cluster_ignores_what_its_hubs_are_told_and_others_are_told_still(
        self, session: Session, fleet: Fleet
    ) -> None:
        fleet.write(COMMON, BAD)
        (fleet.root / VALUES).unlink()
        fleet.cluster("campus", one="../common.values.yaml", two="../common.values.yaml")
        fleet.cluster("other", three="../common.values.yaml")
        text = (fleet.root / CLUSTER).read_text()

        fleet.write(CLUSTER, text + ignore({"rule": "chart-schema", "hubs": ["one"]}))
        (problem,) = validate(session, fleet.root, render=False).problems
        assert problem.message.startswith("hubs `two`, `three`: ")

        fleet.write(CLUSTER, text + ignore({"rule": "chart-schema"}))
        (problem,) = validate(session, fleet.root, render=False).problems
        assert problem.message.startswith("hub `three`: ")


class TestUnused:
    """An ignore is called unused only when everything was looked at that could use it."""

    @pytest.fixture(autouse=True)
    def ignores(self, fleet: Fleet) -> None:
        text = "".join(f"# deployer: ignore={rule} why\n" for rule in ("domains", "chart-schema", "render"))
        fleet.write(VALUES, f"{text}{{}}\n")

    def unused(self, report: Report) -> list[str]:
        return [
            problem.message.split("`")[1] for problem in report.problems if problem.rule == "unused-ignore"
        ]

    def test_what_rules_have_looked_at_is_told(self, session: Session, fleet: Fleet) -> None:
        report = validate(session, fleet.root, render=False)
        assert self.unused(report) == ["domains", "chart-schema"]
        assert (report.ok, report.warnings) == (True, 2)

    def test_without_a_chart_only_files_were_looked_at(self, session: Session, fleet: Fleet) -> None:
        session = replace(session, chart_mirror=None)
        report = validate(session, fleet.root, skip_charts=True)
        assert self.unused(report) == ["domains"]

    def test_a_hub_that_was_not_looked_at_may_use_it(self, session: Session, fleet: Fleet) -> None:
        fleet.cluster("other", one="one.values.yaml")
        fleet.write("config/clusters/other/one.values.yaml", "a: 1")
        assert self.unused(validate(session, fleet.root, render=False)) == ["domains", "chart-schema"]
        for text in ("a: [", "a: 1\na: 2"):
            fleet.write("config/clusters/other/one.values.yaml", text)
            assert "chart-schema" not in self.unused(validate(session, fleet.root, render=False))

    def test_a_file_that_cannot_be_read_may_use_it(self, session: Session, fleet: Fleet) -> None:
        fleet.write("config/clusters/other/cluster.yaml", "[")
        assert self.unused(validate(session, fleet.root, render=False)) == []

    def test_a_part_of_the_fleet_says_nothing_about_the_rest(self, session: Session, fleet: Fleet) -> None:
        assert self.unused(validate(session, fleet.root, render=False, cluster="campus")) == []


class TestBaseline:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "baseline.json"

    def test_an_inherited_fleet_fails_on_new_problems_only(
        self, session: Session, fleet: Fleet, file: Path
    ) -> None:
        check = partial(validate, session, fleet.root, render=False)
        fleet.write(VALUES, BAD)
        written = recorded(file, check)
        assert (written.problems, written.in_baseline, written.ok) == ((), 1, True)
        assert against(file, check) == written

        fleet.write(VALUES, "# Another line\njupyterhub: {cull: {}, debug: true}\n")
        report = against(file, check)
        assert [(each.line, each.rule) for each in report.problems] == [(2, "chart-schema")]
        assert (report.in_baseline, report.ok) == (1, False)

    def test_known_problems_in_files_keep_no_hub_from_being_looked_at(
        self, session: Session, fleet: Fleet, file: Path
    ) -> None:
        check = partial(validate, session, fleet.root, render=False)
        fleet.write("config/clusters/campus/enc-old.values.yaml", "{a: 1}")
        fleet.cluster("campus", research="research.values.yaml, enc-old.values.yaml")
        fleet.write(VALUES, BAD)
        assert rules(check()) == ["plain-secret", "chart-schema"]
        assert recorded(file, check).in_baseline == 2
        fleet.write(VALUES, "jupyterhub: {cull: {}, debug: true}\n")
        assert rules(against(file, check)) == ["chart-schema"]

    def test_a_file_that_cannot_be_read_keeps_its_hub_from_being_looked_at(
        self, session: Session, fleet: Fleet, file: Path
    ) -> None:
        fleet.write(VALUES, "jupyterhub: [")
        report = recorded(file, partial(validate, session, fleet.root))
        assert (report.problems, report.in_baseline) == ((), 1)

    def test_what_is_ignored_is_not_recorded(self, session: Session, fleet: Fleet, file: Path) -> None:
        fleet.write(VALUES, IGNORED)
        recorded(file, partial(validate, session, fleet.root, render=False))
        assert json.loads(file.read_text())["problems"] == []

    def test_a_part_of_the_fleet_does_not_tell_what_is_gone(
        self, session: Session, fleet: Fleet, file: Path
    ) -> None:
        fleet.write(VALUES, BAD)
        recorded(file, partial(validate, session, fleet.root, render=False))
        fleet.write(VALUES, "{}\n")
        report = against(file, partial(validate, session, fleet.root, render=False))
        assert (report.in_baseline, [text for text in report.notices if "baseline" in text]) == (0, [])


@pytest.mark.integration
class TestWithHelm:
    """Rendering by the real program."""

    @pytest.fixture
    def session(self, session: Session, repository: Path) -> Session:
        tools = repository / ".tools/bin"
        if not (tools / "helm").exists():
            pytest.skip("not built: .tools/bin/helm")
        return replace(session, environ=dict(os.environ), tools=(tools,))

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "baseline.json"

    def test_an_ignored_error_does_not_keep_a_hub_from_being_rendered(
        self, session: Session, fleet: Fleet
    ) -> None:
        fleet.write("helm-charts/basehub/values.schema.json", '{"properties": {"a": {"enum": [1]}}}')
        fleet.write(VALUES, "a: 2\n")
        assert rules(validate(session, fleet.root)) == ["chart-schema"]
        fleet.write(VALUES, "a: 2 # deployer: ignore=chart-schema why\n")
        assert rules(validate(session, fleet.root)) == ["render"]
        text = (fleet.root / CLUSTER).read_text()
        fleet.write(CLUSTER, text + ignore({"rule": "render", "hubs": ["research"]}))
        report = validate(session, fleet.root)
        assert (report.problems, report.ignored) == ((), 2)

    def test_an_ignore_of_rendering_is_unused_when_all_is_rendered(
        self, session: Session, fleet: Fleet
    ) -> None:
        fleet.write(VALUES, "{} # deployer: ignore=render why\n")
        (problem,) = validate(session, fleet.root).problems
        assert problem.rule == "unused-ignore"

    def test_what_is_gone_from_a_baseline_is_told_with_the_command_to_refresh_it(
        self, session: Session, fleet: Fleet, file: Path
    ) -> None:
        check = partial(validate, session, fleet.root)
        fleet.write(VALUES, BAD)
        assert recorded(file, check).in_baseline == 2  # Helm refuses it too
        fleet.write(VALUES, "{}\n")
        assert against(file, check).notices[-1] == (
            "2 problems of the baseline are no more: "
            f"`deployer validate --write-baseline {file}` writes it anew"
        )
