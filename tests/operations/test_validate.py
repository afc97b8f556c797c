"""Checking fleets: files, chart schemas, what Helm makes of it, and what cannot be checked."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.schema import SCHEMAS
from deployer.operations.validation.validate import validate
from deployer.rules.baseline import Baseline
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report
    from deployer.session import Session

NIL = "nil pointer evaluating interface {}.er"
FORBIDDEN: dict[str, Any] = {"not": {}}
NO_HELM = "not rendered: program not found: helm; run `make tools`, or install Helm 3.14 or newer"
GET_CHARTS = "run `deployer charts fetch basehub` with a network, or give `--chart-mirror DIR`"
NO_CHART = f"not checked: jupyterhub 4.4.0; {GET_CHARTS}"
CLUSTER = "config/clusters/campus/cluster.yaml"
STRONG = "config/clusters/campus/strong.yaml"
VALUES = "config/clusters/campus/research.values.yaml"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def lines(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


BAD_PYTHON = "jupyterhub: {hub: {extraConfig: {a: 'def f('}}}\n"


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


def test_a_missing_key_points_at_the_strongest_file_with_the_map_else_at_the_hub(
    session: Session, fleet: Fleet
) -> None:
    wanted = {"required": ["key"]}
    fleet.chart({"properties": {"proxy": wanted}, "required": ["proxy", "other"]})
    fleet.cluster("campus", research="weak.yaml, research.values.yaml, strong.yaml")
    fleet.write("config/clusters/campus/weak.yaml", "a: 1\njupyterhub:\n  proxy: {}\n")
    fleet.write(VALUES, "b: 1\nc: 1\njupyterhub:\n  proxy: {}\n")
    fleet.write(STRONG, "jupyterhub: {}\n")
    assert lines(validate(session, fleet.root, render=False)) == [
        f"{VALUES}:4:3: hub `research`: missing key `key` in `jupyterhub.proxy` [chart-schema]",
        f"{STRONG}:1:1: hub `research`: missing key `other` in `jupyterhub` [chart-schema]",
    ]
    for name in ("weak", "strong"):
        fleet.write(f"config/clusters/campus/{name}.yaml", "{}\n")
    fleet.write(VALUES, "{}\n")
    assert lines(validate(session, fleet.root, render=False)) == [
        f"{CLUSTER}:4:5: hub `research`: missing key `key` in `jupyterhub.proxy` [chart-schema]",
        f"{CLUSTER}:4:5: hub `research`: missing key `other` in `jupyterhub` [chart-schema]",
    ]


def test_objects_wait_for_errors_of_the_values_and_that_is_said(session: Session, fleet: Fleet) -> None:
    fleet.chart()
    fleet.write(VALUES, BAD_PYTHON)
    report = validate(session, fleet.root)
    assert rules(report) == ["embedded-python"]
    assert said(report) == ("objects not looked at, since other errors come first: campus: `research`",)
    assert said(validate(session, fleet.root, render=False)) == ()


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


def test_what_a_chart_forbids_points_at_the_line_that_says_it(session: Session, fleet: Fleet) -> None:
    memory = {"properties": {"limit": {"type": "string"}}, "additionalProperties": False}
    profiles = {"items": {"type": "object"}}
    fleet.chart({"properties": {"singleuser": {"properties": {"memory": memory, "profileList": profiles}}}})
    fleet.write(
        VALUES,
        "jupyterhub:\n  singleuser:\n    memory: {limit: 1}\n"
        "    profileList:\n      - {display_name: A}\n      - small\n",
    )
    fleet.write(
        "config/clusters/campus/stronger.values.yaml", "jupyterhub: {singleuser: {memory: {limits: 1G}}}\n"
    )
    fleet.cluster("campus", research="research.values.yaml, stronger.values.yaml")
    texts = [text.removesuffix(" [chart-schema]") for text in lines(validate(session, fleet.root))]
    limit, small, limits = (text.split(": hub `research`: ") for text in texts)
    assert limit == [
        f"{VALUES}:3:14",
        "`jupyterhub.singleuser.memory.limit` must be text, not a number: put it in quotes",
    ]
    assert small == [f"{VALUES}:6:9", "`jupyterhub.singleuser.profileList[1]` must be a map, not text"]
    assert limits == [
        "config/clusters/campus/stronger.values.yaml:1:36",
        "unknown key `jupyterhub.singleuser.memory.limits`, did you mean `limit`?",
    ]


@pytest.mark.parametrize(
    ("block", "kind"), [("", "nothing"), (" null", "nothing"), (" []", "a list"), ("\n  - hub: {}", "a list")]
)
def test_values_of_a_dependency_that_are_no_map_are_told_where_they_are(
    session: Session, fleet: Fleet, block: str, kind: str
) -> None:
    fleet.chart({"type": "object"})
    fleet.write(VALUES, f"# Values\njupyterhub:{block}\n")
    (problem,) = lines(validate(session, fleet.root))
    assert problem == f"{VALUES}:2:1: hub `research`: `jupyterhub` must be a map, not {kind} [chart-schema]"


def test_an_empty_block_that_a_stronger_file_hides_is_told_too(session: Session, fleet: Fleet) -> None:
    """It has thrown away what the program computes, such as the ingress."""
    fleet.chart()
    fleet.write(VALUES, "jupyterhub:\n")
    fleet.write("config/clusters/campus/stronger.values.yaml", "jupyterhub: {hub: {}}\n")
    fleet.cluster("campus", research="research.values.yaml, stronger.values.yaml")
    (problem,) = lines(validate(session, fleet.root))
    assert problem.startswith(f"{VALUES}:1:1: hub `research`: `jupyterhub` must be a map")


def test_a_problem_in_a_file_that_hubs_share_is_one_problem(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"cull": FORBIDDEN}})
    names = ("one", "two", "three", "four", "five")
    fleet.cluster("campus", **dict.fromkeys(names, "../common.values.yaml"))
    fleet.write("config/clusters/common.values.yaml", "jupyterhub:\n  cull: {}\n")
    (fleet.root / VALUES).unlink()
    (problem,) = lines(validate(session, fleet.root))
    message = "hubs `one`, `two`, `three` and 2 more: `jupyterhub.cull` is not allowed here"
    assert problem == f"config/clusters/common.values.yaml:2:3: {message} [chart-schema]"


def test_a_problem_in_a_computed_value_names_its_topic(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"service": FORBIDDEN}}}})
    (problem,) = lines(validate(session, fleet.root))
    message = "hub `research`: `jupyterhub.proxy.service` is not allowed here (computed: ingress)"
    assert problem == f"{CLUSTER}:4:5: {message} [chart-schema]"


def test_nothing_is_said_about_what_is_encrypted(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"secretToken": {"pattern": "^[0-9a-f]+$"}}}}})
    text = "jupyterhub:\n  proxy:\n    secretToken: {}\n"
    fleet.write(VALUES, text.format("visible"))
    assert len(validate(session, fleet.root).problems) == 1
    encrypted = text.format("ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]")
    fleet.write(VALUES, f"{encrypted}sops:\n  version: 3.9.0\n")
    assert validate(session, fleet.root).problems == ()


def test_a_secret_never_gets_into_a_message(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"secretToken": {"enum": ["a"], "maxLength": 1}}}}})
    fleet.write(VALUES, "jupyterhub:\n  proxy:\n    secretToken: hunter2\n")
    report = validate(session, fleet.root)
    assert report.errors == 2
    assert "hunter2" not in json.dumps(report.summary())


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
