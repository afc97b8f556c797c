"""What a chart mirror offers for a name and a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.charts.mirror import Entry, find
from deployer.errors import DeployerError
from tests.charts.making import pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path


def test_a_package_is_found_by_its_file_name(tmp_path: Path) -> None:
    pack(write_chart(tmp_path / "elsewhere/one"), tmp_path / "one-1.0.0.tgz")
    assert find(tmp_path, "one", "1.0.0") == Entry(path=tmp_path / "one-1.0.0.tgz")
    assert find(tmp_path, "one", "1.0.1") is None


def test_a_folder_is_found_by_what_its_chart_yaml_says(tmp_path: Path) -> None:
    write_chart(tmp_path / "any-name", name="one", version="1.0.0")
    write_chart(tmp_path / "other", name="one", version="2.0.0")
    assert find(tmp_path, "one", "2.0.0") == Entry(path=tmp_path / "other")
    assert find(tmp_path, "one", "3.0.0") is None


def test_a_source_tree_has_the_version_that_the_index_says(tmp_path: Path) -> None:
    write_chart(tmp_path / "sources/chart", name="one", version="0.0.1-set.by.chartpress")
    (tmp_path / "mirror.yaml").write_text(
        "one: {path: sources/chart, version: 4.4.0, images: {hub.image: {tag: '5'}}}\n"
    )
    assert find(tmp_path, "one", "4.4.0") == Entry(
        path=tmp_path / "sources/chart", source=True, images={"hub.image": {"tag": "5"}}
    )
    assert find(tmp_path, "one", "4.3.0") is None


def test_an_index_may_list_source_trees_of_several_versions(tmp_path: Path) -> None:
    for name in ("new", "old"):
        write_chart(tmp_path / name, name="one", version="0.0.1-set.by.chartpress")
    (tmp_path / "mirror.yaml").write_text("one: [{path: new, version: 4.4.0}, {path: old, version: 4.3.3}]\n")
    assert [find(tmp_path, "one", version) for version in ("4.4.0", "4.3.3", "4.2.0")] == [
        Entry(path=tmp_path / "new", source=True),
        Entry(path=tmp_path / "old", source=True),
        None,
    ]


def test_an_index_lists_the_charts_that_publishing_packs_into_another(tmp_path: Path) -> None:
    for name in ("one", "inner"):
        write_chart(tmp_path / name, version="1.0.0")
    (tmp_path / "mirror.yaml").write_text("one: {path: one, version: 1.0.0, charts: [inner]}\n")
    inner = (tmp_path / "inner",)
    assert find(tmp_path, "one", "1.0.0") == Entry(path=tmp_path / "one", source=True, charts=inner)


def test_a_substitute_replaces_every_version_and_says_why(tmp_path: Path) -> None:
    write_chart(tmp_path / "small")
    pack(write_chart(tmp_path / "elsewhere/one"), tmp_path / "one-1.0.0.tgz")
    (tmp_path / "substitutes.yaml").write_text("one: {path: small, reason: no registry here}\n")
    expected = Entry(path=tmp_path / "small", source=True, substitute="no registry here")
    assert [find(tmp_path, "one", version) for version in ("1.0.0", "9.9.9")] == [expected, expected]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("one: 4", "`one` needs a `path`"),
        ("one: {version: 1.0.0}", "`one` needs a `path`"),
        ("one: [{path: small, version: 2.0.0}, {version: 1.0.0}]", "`one` needs a `path`"),
        ("one: {path: x, vrsion: 1.0.0}", "unknown key of `one`: vrsion"),
        ("one: {path: nowhere, version: 1.0.0}", "`one` is no folder with a Chart.yaml"),
        ("one: {path: small, version: 1.0.0, charts: [nowhere]}", "`one` is no folder with a Chart.yaml"),
        ("one: {path: small, version: 1.0.0, images: [hub]}", "`images` of `one` maps a path"),
    ],
)
def test_a_mistake_in_the_index_is_named_with_its_file(index: str, message: str, tmp_path: Path) -> None:
    write_chart(tmp_path / "small")
    (tmp_path / "mirror.yaml").write_text(index)
    with pytest.raises(DeployerError, match=message) as raised:
        find(tmp_path, "one", "1.0.0")
    assert str(tmp_path / "mirror.yaml") in raised.value.message
