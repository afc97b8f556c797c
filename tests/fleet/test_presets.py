from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.load import load_fleet

if TYPE_CHECKING:
    from pathlib import Path


CLUSTER = """
name: campus
provider: local
hubs:
  - name: hub
    domain: hub.example.org
    helm_chart: basehub
    helm_chart_values_files: []
    presets: [top, other, base]
    features: {culling: {max_hours: 5}}
"""


def test_a_preset_comes_after_those_that_it_extends_and_each_once(tmp_path: Path) -> None:
    (tmp_path / "config/clusters/campus").mkdir(parents=True)
    (tmp_path / "config/presets").mkdir()
    (tmp_path / "config/clusters/campus/cluster.yaml").write_text(CLUSTER)
    for name, text in {
        "base": "description: Base\nfeatures: {culling: {idle_minutes: 10, max_hours: 1}}",
        "middle": "description: Middle\nextends: [base]",
        "top": "description: Top\nextends: [middle]\nfeatures: {culling: {idle_minutes: 20}}",
        "other": "description: Other\nextends: [base]",
    }.items():
        (tmp_path / f"config/presets/{name}.yaml").write_text(f"{text}\n")
    hub = load_fleet(tmp_path).clusters[0].hubs[0]
    assert [(each.name, each.extends) for each in hub.presets] == [
        ("base", ()),
        ("middle", ("base",)),
        ("top", ("base", "middle")),
        ("other", ("base",)),
    ]
    assert [(each.name, each.settings) for each in hub.features] == [
        ("culling", {"idle_minutes": 20, "max_hours": 5, "kernel_minutes": 60, "remove_users": False})
    ]
