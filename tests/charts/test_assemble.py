"""The private copy of a chart: what is in it, when it is made anew, and that it is never half made."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts import assemble
from deployer.charts.assemble import PreparedChart, prepare
from deployer.charts.cache import CacheUnusable
from deployer.charts.chart import find_chart, needed
from deployer.charts.package import Package
from deployer.errors import DeployerError
from tests.charts.making import pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

ONE = {
    "name": "one",
    "version": "1.0.0",
    "repository": "https://charts.example/",
    "condition": "one.enabled",
}
TWO = {**ONE, "name": "two", "condition": "two.enabled"}


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a chart mirror that has the packages one and two."""
    mirror = tmp_path / "mirror"
    files = {"templates/a.yaml": "a: 1\n", "values.schema.json": '{"type": "object"}'}
    pack(write_chart(tmp_path / "making/one", values={"a": 1}, files=files), mirror / "one-1.0.0.tgz")
    pack(write_chart(tmp_path / "making/two"), mirror / "two-1.0.0.tgz")
    return replace(session, chart_mirror=mirror)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "templates/b.yaml": "b: 1\n",
        "files/hub/c.py": "c = 1\n",
        "files/hub/__pycache__/c.pyc": "",
        ".helmignore": "files/hub/\n",
        ".secret": "",
        "Chart.lock": "",
        "packages.sha256": "",
        "charts/one-0.9.0.tgz": "what `helm dependency update` once left",
    }
    write_chart(tmp_path / "helm-charts/umbrella", dependencies=[ONE, TWO], values={"one": {}}, files=files)
    (tmp_path / "helm-charts/umbrella/Chart.lock").unlink()
    return tmp_path


def prepared(session: Session, root: Path, values: dict[str, Any]) -> PreparedChart:
    chart = find_chart(root, "umbrella")
    return prepare(session, chart, needed(chart, values), helm=None)


def files_of(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_a_copy_has_the_needed_dependencies_and_no_defaults_of_its_own(session: Session, root: Path) -> None:
    found = prepared(session, root, {"two": {"enabled": False}})
    assert files_of(found.path) == [
        ".helmignore",
        "Chart.yaml",
        "charts/one/Chart.yaml",
        "charts/one/templates/a.yaml",
        "charts/one/values.schema.json",
        "charts/one/values.yaml",
        "files/hub/c.py",
        "templates/b.yaml",
    ]
    metadata = yaml.safe_load((found.path / "Chart.yaml").read_text())
    assert (metadata["name"], metadata["dependencies"]) == ("umbrella", [ONE])
    assert found.packages == (
        Package(name="one", version="1.0.0", defaults={"a": 1}, schema={"type": "object"}),
    )


def test_a_dependency_without_a_schema_is_said_each_time(session: Session, root: Path) -> None:
    for _ in range(2):
        assert "schema not checked: two 1.0.0" in prepared(session, root, {}).notices


def test_the_same_content_is_assembled_once(session: Session, root: Path) -> None:
    first = prepared(session, root, {})
    marker = first.path / "made-once"
    marker.touch()
    (root / "helm-charts/umbrella/values.yaml").write_text("other: {}")
    assert prepared(session, root, {}) == first
    assert marker.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "helm-charts/umbrella/templates/b.yaml").write_text("b: 2\n"),
        lambda root: (root / "helm-charts/umbrella/templates/b.yaml").rename(
            root / "helm-charts/umbrella/templates/c.yaml"
        ),
        lambda root: pack(write_chart(root / "making/two", values={"new": 1}), root / "mirror/two-1.0.0.tgz"),
        lambda root: write_chart(
            root / "helm-charts/umbrella", dependencies=[ONE, {**TWO, "condition": "x"}]
        ),
    ],
    ids=["a file's content", "a file's name", "a package", "Chart.yaml"],
)
def test_a_change_makes_another_copy(change: Any, session: Session, root: Path) -> None:
    before = prepared(session, root, {}).path
    change(root)
    assert prepared(session, root, {}).path != before


def test_half_a_copy_in_the_cache_is_made_anew(session: Session, root: Path) -> None:
    found = prepared(session, root, {})
    (found.path.parent / "packages.json").unlink()
    (found.path / "Chart.yaml").unlink()
    assert prepared(session, root, {}) == found
    assert (found.path / "Chart.yaml").is_file()


def test_a_failure_leaves_nothing_behind(
    session: Session, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    charts = session.cache / "charts"

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", str(charts / ".new-1/x"))

    monkeypatch.setattr(assemble, "write_package", fail)
    with pytest.raises(CacheUnusable) as raised:
        prepared(session, root, {})
    assert raised.value.message == f"can't write to the cache: No space left on device: {charts}"
    assert raised.value.hint == "make room there, or name another directory in `DEPLOYER_CACHE`"
    assert list((session.cache / "charts").iterdir()) == []


def test_a_file_of_a_chart_that_cannot_be_read_is_no_fault_of_the_cache(
    session: Session, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(13, "Permission denied", "/charts/one/values.yaml")

    monkeypatch.setattr(assemble, "write_package", fail)
    with pytest.raises(DeployerError) as raised:
        prepared(session, root, {})
    assert raised.value.message == "can't read: /charts/one/values.yaml: Permission denied"


@pytest.mark.parametrize("damaged", ["", "[", "[{}]", "\0" * 20, "7"])
def test_a_damaged_copy_is_made_anew(session: Session, root: Path, damaged: str) -> None:
    first = prepared(session, root, {})
    (first.path.parent / "packages.json").write_text(damaged)
    assert prepared(session, root, {}) == first


def test_many_at_once_get_the_same_whole_copy(session: Session, root: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: prepared(session, root, {}), range(8)))
    assert found == [found[0]] * 8
    assert [path.name for path in (session.cache / "charts").iterdir()] == [found[0].path.parent.name]


def source_tree(mirror: Path, index: str) -> None:
    write_chart(
        mirror / "sources/one",
        version="0.0.1-set.by.chartpress",
        values={"hub": {"image": {"name": "x/hub", "tag": "set-by-chartpress"}}, "pause": {"tag": "3"}},
        files={
            "values.schema.yaml": (
                "type: object\ndescription: d\nproperties: {description: {type: string, description: d}}\n"
            )
        },
    )
    (mirror / "one-1.0.0.tgz").unlink()
    (mirror / "mirror.yaml").write_text(index)


def test_a_source_tree_is_filled_in_as_if_published(session: Session, root: Path) -> None:
    assert session.chart_mirror
    source_tree(session.chart_mirror, "one: {path: sources/one, version: 1.0.0}\n")
    found = prepared(session, root, {"two": {"enabled": False}})
    copy = found.path / "charts/one"
    assert yaml.safe_load((copy / "Chart.yaml").read_text())["version"] == "1.0.0"
    schema = {"type": "object", "properties": {"description": {"type": "string"}}}
    assert json.loads((copy / "values.schema.json").read_text()) == schema
    assert not (copy / "values.schema.yaml").exists()
    values = {"hub": {"image": {"name": "x/hub", "tag": "1.0.0"}}, "pause": {"tag": "3"}}
    assert found.packages == (Package(name="one", version="1.0.0", defaults=values, schema=schema),)


def test_images_of_a_source_tree_can_be_named(session: Session, root: Path) -> None:
    assert session.chart_mirror
    index = "one: {path: sources/one, version: 1.0.0, images: {hub.image: {name: mine/hub, tag: '7'}}}\n"
    source_tree(session.chart_mirror, index)
    [package] = prepared(session, root, {"two": {"enabled": False}}).packages
    assert package.defaults["hub"] == {"image": {"name": "mine/hub", "tag": "7"}}
    (session.chart_mirror / "mirror.yaml").write_text(index.replace("hub.image", "hub.imgae"))
    with pytest.raises(DeployerError, match=r"no image at `hub\.imgae` in the values of one 1\.0\.0"):
        prepared(session, root, {"two": {"enabled": False}})


def test_a_source_tree_gets_the_charts_that_publishing_packs_into_it(session: Session, root: Path) -> None:
    mirror = session.chart_mirror
    assert mirror
    write_chart(mirror / "sources/inner", version="3.0.0", values={"a": 1})
    source_tree(mirror, "one: {path: sources/one, version: 1.0.0, charts: [sources/inner]}\n")
    before = prepared(session, root, {"two": {"enabled": False}})
    assert json.loads((before.path / "charts/one/charts/inner/values.yaml").read_text()) == {"a": 1}
    write_chart(mirror / "sources/inner", version="3.0.0", values={"a": 2})
    after = prepared(session, root, {"two": {"enabled": False}})
    assert json.loads((after.path / "charts/one/charts/inner/values.yaml").read_text()) == {"a": 2}
    assert after.path != before.path


def test_a_source_tree_loses_what_publishing_leaves_out(session: Session, root: Path) -> None:
    mirror = session.chart_mirror
    assert mirror
    source_tree(mirror, "one: {path: sources/one, version: 1.0.0}\n")
    tree = mirror / "sources/one"
    (tree / ".helmignore").write_text("# not for people\ntests/\ncrds/kustomization.yaml\n*.orig\n!kept\n")
    left_out = ("tests/a.yaml", "crds/kustomization.yaml", "templates/a.yaml.orig", "VALUES.md")
    kept = ("crds/a.yaml", "templates/tests.yaml", "kustomization.yaml")
    for name in (*left_out, *kept):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("")
    copy = prepared(session, root, {"two": {"enabled": False}}).path / "charts/one"
    assert [name for name in (*left_out, *kept) if (copy / name).exists()] == list(kept)


def test_definitions_of_resources_are_kept_apart_where_the_chart_wants_it(
    session: Session, root: Path
) -> None:
    mirror = session.chart_mirror
    assert mirror
    source_tree(mirror, "one: {path: sources/one, version: 1.0.0}\n")
    for name in ("crds/a.yaml", "charts/deep/crds/b.yaml"):
        file = mirror / "sources/one" / name
        file.parent.mkdir(parents=True)
        file.write_text("kind: CustomResourceDefinition\n")
    together = prepared(session, root, {"two": {"enabled": False}})
    assert together.definitions == ()
    assert (together.path / "charts/one/crds/a.yaml").exists()
    chart = root / "helm-charts/umbrella/Chart.yaml"
    chart.write_text(chart.read_text() + 'annotations: {"deployer.dev/resource-definitions": "apart"}\n')
    apart = prepared(session, root, {"two": {"enabled": False}})
    found = [(package, file.relative_to(apart.path.parent).as_posix()) for package, file in apart.definitions]
    assert found == [("one", "crds/one/a.yaml"), ("one", "crds/one/charts/deep/b.yaml")]
    assert not list(apart.path.rglob("crds"))


def test_a_substitute_takes_the_name_and_version_of_what_it_replaces(session: Session, root: Path) -> None:
    assert session.chart_mirror
    write_chart(session.chart_mirror / "small", version="0.0.0", values={"small": True})
    (session.chart_mirror / "substitutes.yaml").write_text("one: {path: small, reason: for tests}\n")
    found = prepared(session, root, {"two": {"enabled": False}})
    assert found.packages == (
        Package(name="one", version="1.0.0", defaults={"small": True}, schema=None, substitute="for tests"),
    )
    metadata = yaml.safe_load((found.path / "charts/one/Chart.yaml").read_text())
    assert (metadata["name"], metadata["version"]) == ("one", "1.0.0")


def test_a_package_that_is_another_chart_is_refused(session: Session, root: Path) -> None:
    assert session.chart_mirror
    (session.chart_mirror / "two-1.0.0.tgz").replace(session.chart_mirror / "one-1.0.0.tgz")
    with pytest.raises(DeployerError, match=r"not one 1\.0\.0 but two 1\.0\.0"):
        prepared(session, root, {"two": {"enabled": False}})
