"""The versions of the configuration format: what is known, what is older, what is too new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.fleet.versions import NEWEST, notices, older

if TYPE_CHECKING:
    from pathlib import Path


def cluster(root: Path, name: str, text: str) -> None:
    path = root / f"config/clusters/{name}/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"name: {name}\nprovider: local\n{text}")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["schema: 2\n"], ()),
        ([""], ("one cluster is written in format 1; `deployer migrate` lifts it",)),
        (["", "schema: 1\n"], ("2 of 2 clusters are written in format 1; `deployer migrate` lifts them",)),
        (
            ["schema: 1\n", "schema: 2\n"],
            ("1 of 2 clusters are written in format 1; `deployer migrate` lifts them",),
        ),
        ([], ()),
    ],
)
def test_older_versions_are_told_once(tmp_path: Path, texts: list[str], expected: tuple[str, ...]) -> None:
    (tmp_path / "config/clusters").mkdir(parents=True)
    for number, text in enumerate(texts):
        cluster(tmp_path, f"c{number}", text)
    fleet, _ = load(tmp_path)
    assert notices(fleet) == expected
    assert bool(older(fleet)) == bool(expected)


def test_of_a_version_that_is_too_new_nothing_else_is_told(tmp_path: Path) -> None:
    cluster(tmp_path, "lake", f"schema: {NEWEST + 1}\nhubs: [{{shape: round}}]\nhull: []\n")
    (tmp_path / "config/clusters/lake/nobody.values.yaml").write_text("a: {}\n")
    fleet, problems = load(tmp_path)
    message = "written in format 3, which needs a newer deployer: this one knows formats up to 2"
    assert list(map(str, problems)) == [f"config/clusters/lake/cluster.yaml:3:1: {message} [format]"]
    assert fleet.clusters[0].hubs == ()


@pytest.mark.parametrize("text", ["schema: 3\n", "", "a: [\n"])
def test_a_file_of_which_nothing_is_known_is_in_no_older_version(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config/clusters/lake/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    fleet, problems = load(tmp_path)
    assert problems
    assert notices(fleet) == ()


def test_its_neighbours_are_checked_as_ever(tmp_path: Path) -> None:
    cluster(tmp_path, "lake", f"schema: {NEWEST + 1}\n")
    cluster(tmp_path, "lakes", "hull: thick\n")
    _, problems = load(tmp_path)
    assert [(each.path, each.rule) for each in problems] == [
        ("config/clusters/lake/cluster.yaml", "format"),
        ("config/clusters/lakes/cluster.yaml", "schema"),
    ]


@pytest.mark.parametrize("said", ["two", "0", "true", "1.5", "null"])
def test_what_is_no_version_is_a_problem_of_the_schema(tmp_path: Path, said: str) -> None:
    cluster(tmp_path, "lake", f"schema: {said}\n")
    _, problems = load(tmp_path)
    assert [(each.line, each.rule) for each in problems] == [(3, "schema")]
