"""Where shared settings go: a file of hubs whose values lie at one place, or a preset of the whole fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.charts.making import write_mirror
from tests.operations.common_fleets import LARGE, hubs_of, texts, written
from tests.operations.explain_fleets import with_mirror, write_fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


def daskhub(root: Path, hub: str) -> None:
    cluster = root / "config/clusters/sea/cluster.yaml"
    before, name, after = cluster.read_text().partition(f"- name: {hub}\n")
    cluster.write_text(before + name + after.replace("helm_chart: basehub", "helm_chart: daskhub", 1))


def test_a_values_file_is_for_hubs_whose_values_lie_at_one_place(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {f"{name}.values.yaml": f"basehub:\n  {text}" if name in "bc" else text for name in "abc"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    daskhub(root, "b")
    daskhub(root, "c")
    found = written(session, root, at_least=2)
    assert found.found is not None
    assert [layers.name for layers in found.found.hubs] == ["sea b", "sea c"]
    assert texts(root)["shared.values.yaml"].startswith(
        "# What b and c have in common.\nbasehub:\n  jupyterhub:\n"
    )
    assert texts(root)["b.values.yaml"] == ""


def test_a_fleet_shares_a_preset_whatever_the_chart(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {f"{name}.values.yaml": f"basehub:\n  {text}" if name == "b" else text for name in "abc"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    daskhub(root, "b")
    found = written(session, root, cluster=None)
    assert found.new is not None
    assert found.new.name == "config/presets/shared.yaml"
    assert (
        (root / found.new.name).read_text().startswith("description: What 3 hubs have in common\nvalues:\n")
    )
    assert (
        "  helm_chart: daskhub\n  presets:\n  - shared\n  helm_chart_values_files:\n"
        in texts(root)["cluster.yaml"]
    )


def test_a_second_preset_comes_before_the_first(session: Session, tmp_path: Path) -> None:
    """And where the first says something else, the second does not move what is over it."""
    more = LARGE.replace("custom", "singleuser: {extraEnv").replace("}}\n", "}}}\n").replace("OWN", "own: 1")
    files = {
        **{f"{name}.values.yaml": LARGE.replace("OWN", "own: 1") for name in "abcd"},
        **{f"more-{name}.values.yaml": more for name in "ab"},
        "last.values.yaml": "jupyterhub: {custom: {seven: 8}}\n",
    }
    hubs = {
        **{name: f"{name}.values.yaml more-{name}.values.yaml" for name in "ab"},
        "c": "c.values.yaml last.values.yaml",
        "d": "d.values.yaml",
    }
    root = write_fleet(tmp_path / "fleet", hubs, files)
    written(session, root, cluster=None)
    written(session, root, cluster=None, at_least=2)
    assert "  presets:\n  - shared-2\n  - shared\n" in texts(root)["cluster.yaml"]
