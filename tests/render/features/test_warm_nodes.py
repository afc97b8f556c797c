from __future__ import annotations

import pytest

from tests.render.features.asking import asked

WINDOW = {"nodes": 3, "from": "2026-12-01T08:00+01:00", "until": "2026-12-01T17:00+01:00"}
OWN = "{nodePlaceholder: {pauseContainer: {image: 'pause:1'}}, jupyterhub: {fullnameOverride: %s}}"


@pytest.mark.parametrize(
    ("prefix", "priority"),
    [("''", "hub-user-placeholder-priority"), ("campus", "campus-user-placeholder")],
)
def test_the_hub_is_told_when_and_how_many_and_what_pods_are_made_of(prefix: str, priority: str) -> None:
    text = f"features: {{warm_nodes: {{windows: [{WINDOW}]}}}}"
    assert asked(text, own=OWN % prefix)["jupyterhub"]["custom"]["deployer"] == {
        "warm_nodes": {
            "windows": [WINDOW],
            "images": [],
            "node_selector": {},
            "tolerations": [],
            "pause_image": "pause:1",
            "priority": priority,
        }
    }


def test_nodes_are_those_of_a_pool() -> None:
    cluster = "infrastructure: {node_pools: {notebooks: {day: {machine: r5.large, labels: {day: 1}}}}}"
    text = f"features: {{warm_nodes: {{windows: [{WINDOW}], pool: day, images: ['a:1']}}}}"
    told = asked(text, cluster=cluster)["jupyterhub"]["custom"]["deployer"]["warm_nodes"]
    assert told["node_selector"] == {"day": "1", "node.kubernetes.io/instance-type": "r5.large"}
    assert told["images"] == ["a:1"]
