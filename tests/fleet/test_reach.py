"""Which hubs a file reaches: through lists, names, directories and links, and after it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.fleet.reach import reached

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CAMPUS = """\
name: campus
provider: gcp
gcp: {key: enc-key.secret.json, project: p, cluster: c, zone: z}
infrastructure: {}
hubs:
  - name: staging
    domain: staging.example.org
    helm_chart: basehub
    presets: [course]
    helm_chart_values_files: [../common.values.yaml, staging.values.yaml]
    domain_override_file: enc-domain.secret.yaml
  - name: research
    domain: research.example.org
    helm_chart: daskhub
    chart_override: Chart.yaml
    helm_chart_values_files: [../common.values.yaml, research.values.yaml]
"""
LAKE = """\
name: lake
provider: local
hubs:
  - name: demo
    domain: demo.example.org
    helm_chart: special
    helm_chart_values_files: [gone.values.yaml]
"""
FILES = {
    "config/org.yaml": "name: Example\n",
    "config/presets/course.yaml": "description: A course\nvalues: {}\n",
    "config/clusters/common.values.yaml": "",
    "config/clusters/campus/cluster.yaml": CAMPUS,
    "config/clusters/campus/enc-key.secret.json": "{}",
    "config/clusters/campus/staging.values.yaml": "",
    "config/clusters/campus/research.values.yaml": "",
    "config/clusters/campus/enc-domain.secret.yaml": "",
    "config/clusters/campus/Chart.yaml": "",
    "config/clusters/lake/cluster.yaml": LAKE,
    "helm-charts/special/Chart.yaml": "",
    "README.md": "",
}
EVERY = ["campus staging", "campus research", "lake demo"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "fleet" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "fleet"


def hubs(root: Path, *names: str, shared: Iterable[Path] = ()) -> list[str]:
    fleet, _problems = load(root)
    found = reached(fleet, [root / name for name in names], shared=shared)
    return [f"{each.cluster.name} {each.hub.name}" for each in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("config/org.yaml", EVERY),
        ("config/rules/images.yaml", EVERY),
        ("config/clusters/common.values.yaml", EVERY[:2]),
        ("config/clusters/campus/cluster.yaml", EVERY[:2]),
        ("config/clusters/campus/outputs.yaml", EVERY[:2]),
        ("config/clusters/campus/enc-key.secret.json", EVERY[:2]),
        ("config/clusters/campus/staging.values.yaml", ["campus staging"]),
        ("config/clusters/campus/enc-domain.secret.yaml", ["campus staging"]),
        ("config/presets/course.yaml", ["campus staging"]),
        ("config/clusters/campus/Chart.yaml", ["campus research"]),
        ("config/clusters/campus/packages.sha256", ["campus research"]),
        ("config/presets/dask.yaml", ["campus research"]),
        ("helm-charts/special/templates/new.yaml", ["lake demo"]),
        ("helm-charts/basehub/values.yaml", EVERY[:2]),
        ("config/clusters/lake/gone.values.yaml", ["lake demo"]),
        ("config/clusters/campus", EVERY[:2]),
        ("config", EVERY),
        ("config/clusters/campus/unlisted.values.yaml", []),
        ("config/presets/unused.yaml", []),
        ("config/clusters/campus-2/cluster.yaml", []),
        ("helm-charts/support/values.yaml", []),
        ("README.md", []),
    ],
)
def test_a_file_reaches_the_hubs_that_would_not_be_the_same_without_it(
    root: Path, name: str, expected: list[str]
) -> None:
    assert hubs(root, name) == expected


def test_it_is_said_which_files_reach_a_hub(root: Path) -> None:
    fleet, _problems = load(root)
    names = ["config/org.yaml", "README.md", "config/clusters/campus/staging.values.yaml"]
    found = reached(fleet, [root / name for name in names])
    assert {each.hub.name: each.files for each in found} == {
        "staging": ("config/clusters/campus/staging.values.yaml", "config/org.yaml"),
        "research": ("config/org.yaml",),
        "demo": ("config/org.yaml",),
    }


def test_a_chart_override_reaches_wherever_it_lies_and_when_it_is_gone(root: Path) -> None:
    (root / "config/clusters/campus/Chart.yaml").unlink()
    assert hubs(root, "config/clusters/campus/Chart.yaml") == ["campus research"]
    text = CAMPUS.replace("chart_override: Chart.yaml", "chart_override: charts/old/Chart.yaml")
    (root / "config/clusters/campus/cluster.yaml").write_text(text)
    assert hubs(root, "charts/old/packages.sha256") == ["campus research"]


def test_no_file_reaches_no_hub(root: Path) -> None:
    assert hubs(root) == []


def test_what_is_shared_reaches_every_hub(root: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    assert hubs(root, "../mirror/jupyterhub/values.yaml") == []
    assert hubs(root, "../mirror/jupyterhub/values.yaml", shared=[mirror]) == EVERY


def test_a_link_and_what_it_leads_to_both_reach(root: Path) -> None:
    values = root / "config/clusters/campus/research.values.yaml"
    values.unlink()
    (root / "config/all.values.yaml").write_text("")
    values.symlink_to("../../all.values.yaml")
    assert hubs(root, "config/all.values.yaml") == ["campus research"]
    assert hubs(root, "config/clusters/campus/research.values.yaml") == ["campus research"]


def test_a_directory_may_be_a_link(root: Path) -> None:
    (root / "config/clusters/campus").rename(root / "campus")
    (root / "config/clusters/campus").symlink_to("../../campus")
    assert hubs(root, "campus/staging.values.yaml") == ["campus staging"]
    assert hubs(root, "config/clusters/campus") == EVERY[:2]


def test_the_fleet_may_be_reached_by_a_link(root: Path, tmp_path: Path) -> None:
    """git names files by their real path, whatever the user calls the fleet."""
    (tmp_path / "link").symlink_to(root)
    fleet, _problems = load(tmp_path / "link")
    (found,) = reached(fleet, [root / "config/presets/course.yaml"])
    assert (found.hub.name, found.files) == ("staging", ("config/presets/course.yaml",))


def test_a_circle_of_links_and_impossible_names_are_no_trouble(root: Path) -> None:
    values = root / "config/clusters/lake/gone.values.yaml"
    values.symlink_to("gone.values.yaml")
    odd = LAKE.replace("[gone.values.yaml]", '[gone.values.yaml, "a\\0b", 7, "", null]')
    (root / "config/clusters/lake/cluster.yaml").write_text(f"{odd}    presets: 3\n")
    assert hubs(root, "config/clusters/lake/gone.values.yaml") == ["lake demo"]
