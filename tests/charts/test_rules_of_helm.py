"""What we rely on real Helm for, with each major: conditions, nulls, schemas, the digest of a lock."""

from __future__ import annotations

import base64
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts import files, lock
from deployer.charts.assemble import prepare
from deployer.charts.chart import find_chart, needed
from deployer.fleet import documents
from deployer.render.merge import Layer, for_helm, merge
from deployer.tools.helm import environment
from deployer.tools.process import ProgramFailed
from tests.charts.conditions import CASES, Case
from tests.charts.making import SHOWS_VALUES, built_helm, write_chart

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session
    from deployer.tools.helm import Helm

pytestmark = pytest.mark.integration


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    return built_helm(repository, request.param)


def render(helm: Helm, chart: Path, values: dict[str, Any], tmp_path: Path) -> str:
    return helm.template(
        chart, release="r", namespace="n", values=values, kube_version="1.34", home=tmp_path / "home"
    )


def received(manifests: str) -> dict[str, Any]:
    """Return the values that the only chart with SHOWS_VALUES got."""
    [document] = [document for document in yaml.safe_load_all(manifests) if document]
    values: dict[str, Any] = json.loads(base64.b64decode(document["data"]))
    return values


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conditions_and_tags(case: Case, helm: Helm, tmp_path: Path) -> None:
    condition, tags, values, expected = case
    entry: dict[str, Any] = {"name": "one", "version": "1.0.0", "repository": "", "tags": tags}
    if condition:
        entry["condition"] = condition
    chart = write_chart(tmp_path / "umbrella", dependencies=[entry])
    write_chart(chart / "charts/one", files={"templates/a.yaml": "here: true\n"})
    if not isinstance(values.get("one", {}), dict):
        with pytest.raises(ProgramFailed):  # refused outright by Helm 4; by Helm 3 too, once it is enabled
            render(helm, chart, values, tmp_path)
        return
    assert ("here: true" in render(helm, chart, values, tmp_path)) is expected


# What the dependency's own values.yaml says, what the umbrella's says, what a stronger layer says, and what
# the dependency's templates then see of the key. "-" stands for no such key.
NULLS = [
    ("own", "-", None, "-"),
    ("-", "umbrella", None, "-"),
    ("-", "-", None, "-"),
    ("own", "umbrella", None, "-"),
    ("own", "umbrella", "-", "umbrella"),
    ("own", "umbrella", "set", "set"),
    ("own", "-", "-", "own"),
    ("own", {"a": 1}, {"b": None, "c": 2}, {"a": 1, "c": 2}),
    ({"a": 0, "b": 0}, {"a": 1}, {"b": None, "c": 2}, {"a": 1, "c": 2}),
    ({"a": 0, "b": 0}, "-", None, "-"),
    ({"a": 0, "b": 0}, {"a": 1}, None, "-"),
]


@pytest.mark.parametrize("case", NULLS, ids=str)
def test_null_drops_what_lies_below(
    case: tuple[Any, Any, Any, Any], helm: Helm, session: Session, tmp_path: Path
) -> None:
    own, of_umbrella, stronger, expected = case

    def present(value: Any) -> dict[str, Any]:
        return {} if value == "-" else {"key": value}

    entry = {"name": "one", "version": "1.0.0", "repository": ""}
    directory = write_chart(
        tmp_path / "helm-charts/umbrella", dependencies=[entry], values={"one": present(of_umbrella)}
    )
    write_chart(directory / "charts/one", values=present(own), files={"templates/a.yaml": SHOWS_VALUES})
    chart = find_chart(tmp_path, "umbrella")
    merged = merge(
        [
            Layer(name="chart defaults", values=chart.defaults.data),
            Layer(name="hub", values={"one": present(stronger)}),
        ]
    )
    prepared = prepare(session, chart, needed(chart, merged.values), helm=None)
    handed = for_helm(merged, {package.name: package.defaults for package in prepared.packages})
    got = received(render(helm, prepared.path, handed, tmp_path))
    got.pop("global", None)
    assert got == present(expected)


def test_a_schema_kept_as_yaml_is_enforced(helm: Helm, session: Session, tmp_path: Path) -> None:
    schema = "type: object\nadditionalProperties: false\nproperties: {a: {type: integer}, global: {}}\n"
    entry = {"name": "one", "version": "1.0.0", "repository": ""}
    directory = write_chart(tmp_path / "helm-charts/umbrella", dependencies=[entry])
    write_chart(directory / "charts/one", files={"values.schema.yaml": schema})
    chart = find_chart(tmp_path, "umbrella")
    prepared = prepare(session, chart, chart.dependencies, helm=None)
    render(helm, prepared.path, {"one": {"a": 1}}, tmp_path)
    with pytest.raises(ProgramFailed, match="one"):
        render(helm, prepared.path, {"one": {"a": "text"}}, tmp_path)


def test_the_digest_of_a_lock_is_helms(helm: Helm, tmp_path: Path) -> None:
    """With every field that the digest covers, and characters that Go's JSON escapes."""
    wanted: list[dict[str, Any]] = [
        {
            "name": "one",
            "version": ">=1.0.0 <2.0.0 || 7.0.0",
            "repository": "file://../one",
            "condition": "one.enabled,é&.enabled",
            "tags": ["<a>"],
            "import-values": ["exported", {"child": "a", "parent": "b"}],
            "alias": "uno",
        },
        {"name": "two", "version": "2.0.0", "repository": "file://../two"},
    ]
    write_chart(tmp_path / "one", version="1.2.3")
    write_chart(tmp_path / "two", version="2.0.0")
    chart = write_chart(tmp_path / "umbrella", dependencies=wanted)
    argv = [str(helm.program), "dependency", "update", str(chart)]
    helm.runner.run(argv, env=environment(tmp_path / "home"))
    helms = files.read_mapping(chart / "Chart.lock")
    ours = yaml.safe_load(lock.text(wanted, ["1.2.3", "2.0.0"], generated="now"))
    assert {**ours, "generated": helms["generated"]} == helms
    assert lock.locked_versions(chart / "Chart.lock", wanted) == ("1.2.3", "2.0.0")


def test_the_lock_of_basehub_is_what_helm_would_accept(repository: Path) -> None:
    directory = repository / "helm-charts/basehub"
    wanted = documents.read(directory / "Chart.yaml", root=repository).data["dependencies"]
    assert lock.locked_versions(directory / "Chart.lock", wanted) == tuple(
        entry["version"] for entry in wanted
    )


def test_two_aliases_of_one_package(helm: Helm, session: Session, tmp_path: Path) -> None:
    entry = {"name": "one", "version": "1.0.0", "repository": "file://../../one"}
    write_chart(tmp_path / "one", files={"templates/a.yaml": "{{ .Chart.Name }}: {{ .Values.a }}\n"})
    write_chart(
        tmp_path / "helm-charts/umbrella",
        dependencies=[{**entry, "alias": "left"}, {**entry, "alias": "right"}],
    )
    chart = find_chart(tmp_path, "umbrella")
    prepared = prepare(session, chart, chart.dependencies, helm=None)
    assert [package.name for package in prepared.packages] == ["left", "right"]
    values = {"left": {"a": 1}, "right": {"a": 2}}
    documents_ = yaml.safe_load_all(render(helm, prepared.path, values, tmp_path))
    assert sorted(str(document) for document in documents_ if document) == ["{'left': 1}", "{'right': 2}"]
    shutil.rmtree(session.cache)
