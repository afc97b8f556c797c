"""Charts that cannot be had, read or rendered: told once, or as a problem of the hub."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.operations.validation.validate import validate
from tests.operations.making import Fleet
from tests.operations.validating import CLUSTER, VALUES, lines

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

NIL = "nil pointer evaluating interface {}.er"
NO_HELM = "not rendered: program not found: helm; run `make tools`, or install Helm 3.14 or newer"
GET_CHARTS = "run `deployer charts fetch basehub` with a network, or give `--chart-mirror DIR`"
NO_CHART = f"not checked: jupyterhub 4.4.0; {GET_CHARTS}"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def test_a_chart_that_cannot_be_had_is_told_once(session: Session, fleet: Fleet) -> None:
    fleet.cluster("other", one="", two="")
    report = validate(session, fleet.root)
    assert (report.ok, report.errors, report.not_checked) == (False, 0, (NO_CHART,))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("a-file/cache", "can't write to the cache: Not a directory"),
        ("x" * 300, "can't read the cache: File name too long"),
    ],
)
def test_a_cache_that_cannot_be_used_is_told_once(
    session: Session, fleet: Fleet, tmp_path: Path, place: str, said: str
) -> None:
    """It is no fault of the hubs, and the same fault for each."""
    fleet.chart()
    fleet.cluster("other", one="", two="")
    (tmp_path / "a-file").write_text("")
    cache = tmp_path / place
    unusable = (
        f"not checked: what charts make of hubs; {said}: {cache}/charts; "
        "make room there, or name another directory in `DEPLOYER_CACHE`"
    )
    session = replace(session, cache=cache)
    report = validate(session, fleet.root)
    assert (report.ok, report.problems, report.not_checked) == (False, (), (unusable,))
    report = validate(session, fleet.root, skip_charts=True)
    assert (report.ok, report.not_checked, report.notices) == (True, (), (unusable,))


def test_a_state_directory_that_cannot_be_looked_into_knows_no_cluster(
    session: Session, fleet: Fleet, tmp_path: Path
) -> None:
    report = validate(replace(session, state=tmp_path / ("x" * 300)), fleet.root)
    assert (report.problems, report.not_checked) == ((), (NO_CHART,))


def test_a_chart_that_cannot_be_had_may_be_a_notice(session: Session, fleet: Fleet) -> None:
    report = validate(session, fleet.root, skip_charts=True)
    assert (report.ok, report.not_checked, report.notices) == (True, (), (NO_CHART,))


def test_without_helm_everything_but_rendering_is_checked(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    report = validate(session, fleet.root)
    assert (report.ok, report.problems, report.not_checked) == (False, (), (NO_HELM,))


def test_a_chart_that_is_broken_is_a_problem_of_the_hub(session: Session, fleet: Fleet) -> None:
    (fleet.root / "helm-charts/basehub/values.yaml").write_text("a: [\n")
    (problem,) = lines(validate(session, fleet.root))
    where = "helm-charts/basehub/values.yaml:2:1"
    missing = "a value should be here; or a `[` or `{` above is not closed"
    assert problem == f"{where}: hub `research`: {missing} [yaml]"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("values.schema.json", b'{\n"type": }', "not JSON: {}, line 2"),
        ("values.schema.json", b"\xff", "not JSON: {}"),
        ("values.schema.json", b"[" * 100_000, "not JSON: {}"),
        ("values.schema.json", b"[]", "no JSON schema: {}: it must be a map"),
        (
            "values.schema.json",
            b'{"properties": 3}',
            'no JSON schema: {}: `properties`: 3 is not of type "object"',
        ),
        ("files/hub/x.py", b"\xff", "can't read: {}: not UTF-8 text"),
        ("Chart.yaml", b"dependencies: 3", "{}: `dependencies` must be a list of maps, each with a `name`"),
    ],
)
def test_a_file_of_a_chart_that_is_not_what_it_should_be_is_a_problem_of_the_hub(
    session: Session, fleet: Fleet, name: str, content: bytes, said: str
) -> None:
    fleet.chart()
    fleet.write(f"helm-charts/basehub/{name}", "")
    (fleet.root / "helm-charts/basehub" / name).write_bytes(content)
    message = said.format(f"helm-charts/basehub/{name}")
    for _ in range(2):
        assert lines(validate(session, fleet.root)) == [
            f"{CLUSTER}:6:5: hub `research`: {message} [chart-package]"
        ]


@pytest.mark.integration
class TestWithHelm:
    """Rendering by the real program."""

    @pytest.fixture
    def session(self, session: Session, repository: Path) -> Session:
        tools = repository / ".tools/bin"
        if not (tools / "helm").exists():
            pytest.skip("not built: .tools/bin/helm")
        return replace(session, environ=dict(os.environ), tools=(tools,))

    def test_a_fleet_that_renders_is_fine(self, session: Session, fleet: Fleet) -> None:
        fleet.chart(template="kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n")
        report = validate(session, fleet.root)
        assert (report.ok, report.problems, report.not_checked) == (True, (), ())

    def test_what_helm_cannot_render_is_a_problem_of_the_hub(self, session: Session, fleet: Fleet) -> None:
        fleet.chart(template='{{ fail "hub.x is gone, use hub.y" }}\n')
        fleet.cluster("other", one="", two="")
        report = validate(session, fleet.root)
        assert [(problem.path, problem.line, problem.rule) for problem in report.problems] == [
            ("config/clusters/campus/cluster.yaml", 6, "render"),
            ("config/clusters/other/cluster.yaml", 6, "render"),
            ("config/clusters/other/cluster.yaml", 10, "render"),
        ]
        assert all("hub.x is gone, use hub.y" in problem.message for problem in report.problems)

    @pytest.mark.parametrize(
        ("template", "place", "message"),
        [
            (
                "a: {{ .Values.hub.wrong.deep.er }}",
                f"{VALUES}:3:13",
                f", line 1, which takes `jupyterhub.hub.wrong.deep.er`: {NIL}",
            ),
            (
                '# first\na: {{ required "say who" .Values.hub.teacher }}',
                f"{VALUES}:2:3",
                ", line 2, which takes `jupyterhub.hub.teacher`: say who",
            ),
            ('a: {{ fail "no" }}', f"{CLUSTER}:6:5", ", line 1: no"),
            ("a: {{ nosuch }}", f"{CLUSTER}:6:5", ', line 1: function "nosuch" not defined'),
            ("a: {{ .Values.nowhere.x }}", f"{CLUSTER}:6:5", None),
            ("a: {{ .Values.hub.name }}: b", f"{CLUSTER}:6:5", None),
        ],
    )
    def test_what_helm_cannot_render_is_told_at_the_value_that_the_template_takes(
        self, session: Session, fleet: Fleet, template: str, place: str, message: str | None
    ) -> None:
        fleet.chart(template=f"{template}\n")
        fleet.write(VALUES, "jupyterhub:\n  hub:\n    wrong: {deep: null, other: 1}\n    name: a\n")
        report = validate(session, fleet.root)
        problems = [str(problem) for problem in report.problems if problem.rule == "render"]
        where = "basehub/charts/jupyterhub/templates/objects.yaml"
        said = f"{place}: hub `research`: Helm cannot render `{where}`"
        assert problems[0].startswith(said), problems
        assert message is None or problems == [f"{said}{message} [render]"]

    def test_a_chart_that_needs_a_newer_kubernetes_is_a_problem(self, session: Session, fleet: Fleet) -> None:
        fleet.chart()
        metadata = fleet.root / "helm-charts/basehub/Chart.yaml"
        metadata.write_text(f'{metadata.read_text()}kubeVersion: ">=1.99.0-0"\n')
        (problem,) = validate(session, fleet.root).problems
        assert problem.message.startswith(
            "hub `research`: Helm does not render it: chart requires kubeVersion: >=1.99.0-0 which is"
        )

    def test_this_repository_is_fine_with_the_stand_in(self, session: Session, repository: Path) -> None:
        session = replace(session, chart_mirror=repository / "tests/charts")
        report = validate(session, repository)
        assert (report.ok, report.problems, report.not_checked) == (True, (), ())
        assert report.hubs >= 2
