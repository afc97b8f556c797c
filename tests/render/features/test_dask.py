from __future__ import annotations

import ast
from typing import Any

from tests.render.features.asking import asked

FILES = {"dask/cluster_options.py": "options = 1\n"}


def settings(gateway: dict[str, Any]) -> Any:
    name, _, value = gateway["gateway"]["extraConfig"]["deployer-1-settings"].partition(" = ")
    assert name == "SETTINGS"
    return ast.literal_eval(value)


def test_a_gateway_with_three_sizes_by_default() -> None:
    values = asked("features: {dask: true}", chart_files=FILES)
    assert list(values) == ["dask-gateway"]
    gateway = values["dask-gateway"]
    assert settings(gateway) == {
        "worker_sizes": [
            {"name": "1 CPU, 4 GB", "cores": 0.9, "cores_limit": 1, "memory": "4G"},
            {"name": "2 CPU, 8 GB", "cores": 1.8, "cores_limit": 2, "memory": "8G"},
            {"name": "4 CPU, 16 GB", "cores": 3.6, "cores_limit": 4, "memory": "16G"},
        ],
        "idle_minutes": 30,
        "max_idle_minutes": 1440,
        "max_cores": 100,
        "max_clusters": 2,
    }
    del gateway["gateway"]["extraConfig"]["deployer-1-settings"]
    assert gateway == {
        "enabled": True,
        "gateway": {"extraConfig": {"deployer-2-cluster-options": "options = 1\n"}},
    }


def test_what_a_hub_says_is_what_the_gateway_is_told() -> None:
    text = """
    features:
      dask:
        worker_sizes: [{cpu: 0.5, memory_gb: 1.5}]
        idle_minutes: 5
        max_idle_minutes: 60
        max_cores: 8
        max_clusters: 1
    """
    assert settings(asked(text, chart_files=FILES)["dask-gateway"]) == {
        "worker_sizes": [{"name": "0.5 CPU, 1.5 GB", "cores": 0.45, "cores_limit": 0.5, "memory": "1.5G"}],
        "idle_minutes": 5,
        "max_idle_minutes": 60,
        "max_cores": 8,
        "max_clusters": 1,
    }
