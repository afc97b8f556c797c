"""The templates of a community: read with the fleet, and a part of what hubs are made of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deployer.fleet.load import load
from deployer.fleet.reach import reached

EXAMPLE = Path(__file__).parents[1] / "examples/valid/feature-templates"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "fleet")
    return tmp_path / "fleet"


def told(fleet: Path) -> list[str]:
    return [problem.message for problem in load(fleet)[1]]


def test_the_text_of_each_template_comes_with_the_feature(fleet: Path) -> None:
    templates = fleet / "config/templates"
    (templates / "home.html").write_text("home")
    (templates / "notes.txt").write_text("no template")
    (feature,) = load(fleet)[0].clusters[0].hubs[0].features
    login = (templates / "login.html").read_text()
    assert feature.settings == {
        "directory": "config/templates",
        "files": {"home.html": "home", "login.html": login},
        "image_directory": "/templates",
    }


def test_a_changed_template_reaches_its_hub(fleet: Path) -> None:
    changed = fleet / "config/templates/login.html"
    (found,) = reached(load(fleet)[0], [changed])
    assert (found.hub.name, found.files) == ("research", ("config/templates/login.html",))


def test_what_cannot_be_a_template_is_told(fleet: Path) -> None:
    templates = fleet / "config/templates"
    (templates / "home.html").write_bytes(b"\xff\xfe")
    (templates / "page.html").write_text("x" * 300_000)
    assert told(fleet) == [
        "hub `research`: `config/templates/home.html` is no text in UTF-8 that can be read",
        "hub `research`: `config/templates` has more than 256 KiB of templates: put pictures elsewhere",
    ]


def test_a_name_that_no_directory_can_have_is_told(fleet: Path) -> None:
    cluster = fleet / "config/clusters/campus/cluster.yaml"
    text = cluster.read_text()
    assert "config/templates" in text
    cluster.write_text(text.replace("config/templates", "x" * 300))
    assert told(fleet) == [f"hub `research`: no such directory: `{'x' * 300}`, seen from the fleet's own"]
