"""The page that makes links for nbgitpuller: its program, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

RUN = """
const { nbgitpullerLink } = require(process.argv[1]);
console.log(JSON.stringify(nbgitpullerLink(JSON.parse(process.argv[2]))));
"""
TYPED = {
    "hub": "https://hub.example.org",
    "repository": "https://github.com/example/course",
    "branch": "main",
    "path": "",
    "interface": "lab",
    "directory": "",
}


@pytest.fixture
def script(repository: Path) -> Path:
    if not shutil.which("node"):
        pytest.skip("not here: node")
    return repository / "docs/assets/nbgitpuller-link.js"


def made(script: Path, **typed: str) -> dict[str, Any]:
    argv = ["node", "-e", RUN, str(script), json.dumps({**TYPED, **typed})]
    found = subprocess.run(argv, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(found.stdout)
    return result


def test_a_link_is_what_nbgitpuller_reads(script: Path) -> None:
    assert made(script, path="/week 1/a&b.ipynb") == {
        "link": (
            "https://hub.example.org/hub/user-redirect/git-pull"
            "?repo=https%3A%2F%2Fgithub.com%2Fexample%2Fcourse"
            "&urlpath=lab%2Ftree%2Fcourse%2Fweek+1%2Fa%26b.ipynb&branch=main"
        )
    }


@pytest.mark.parametrize(
    ("typed", "path", "query"),
    [
        ({"interface": "notebook", "path": "a.ipynb"}, "/", {"urlpath": ["tree/course/a.ipynb"]}),
        ({"interface": "rstudio", "path": "a.R"}, "/", {"urlpath": ["rstudio/"]}),
        (
            {"directory": "statistics"},
            "/",
            {"urlpath": ["lab/tree/statistics"], "targetpath": ["statistics"]},
        ),
        (
            {"repository": "https://example.org/course.git"},
            "/",
            {
                "repo": ["https://example.org/course.git"],
                "urlpath": ["lab/tree/course"],
                "targetpath": ["course"],
            },
        ),
        (
            {"hub": " https://example.org/jupyter/ ", "branch": "2026 autumn"},
            "/jupyter/",
            {"branch": ["2026 autumn"]},
        ),
    ],
)
def test_each_field_counts(
    script: Path, typed: dict[str, str], path: str, query: dict[str, list[str]]
) -> None:
    found = urlsplit(made(script, **typed)["link"])
    usual = {
        "repo": [TYPED["repository"]],
        "urlpath": ["lab/tree/course"],
        "branch": ["main"],
    }
    assert found.path == f"{path}hub/user-redirect/git-pull"
    assert parse_qs(found.query) == {**usual, **query}


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"hub": "hub.example.org"}, "the hub's address starts with https://"),
        ({"hub": "javascript:alert(1)"}, "the hub's address starts with https://"),
        ({"repository": "git@github.com:example/course"}, "the repository's address starts with https://"),
        (
            {"repository": "https://token@github.com/example/course"},
            "a link is for all to read: leave the password out",
        ),
        ({"branch": " "}, "which branch? often it is main"),
        ({"directory": "../other"}, "a directory of the home is one name, without a slash"),
        ({"repository": "https://github.com"}, "a directory of the home is one name, without a slash"),
    ],
)
def test_what_makes_no_link_is_told(script: Path, typed: dict[str, str], problem: str) -> None:
    assert made(script, **typed) == {"problem": problem}


def test_the_page_takes_nothing_from_elsewhere(repository: Path) -> None:
    page = (repository / "docs/nbgitpuller-link.md").read_text()
    script = (repository / "docs/assets/nbgitpuller-link.js").read_text()
    assert page.count("<script") == 1
    assert '<script src="assets/nbgitpuller-link.js">' in page
    assert [word for word in ("fetch(", "XMLHttpRequest", "import ", "innerHTML") if word in script] == []
    names = {part.split('"')[0] for part in page.split('name="')[1:]}
    assert {*TYPED, "problem", "link"} == names
