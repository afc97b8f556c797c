"""What users of Dask Gateway may choose, as parts of the gateway's configuration."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from deployer.render.subject import Subject
from deployer.render.topics.dask_options import dask_options
from tests.render import fleets

FILES = {"dask/cluster_options.py": "options = 1\n", "templates/page.html": ""}


def computed(*, enabled: bool = True, settings: Any = None, cluster: str = "{}") -> dict[str, Any]:
    hub = fleets.hub()
    own = {
        "dask-gateway": {"enabled": enabled},
        "jupyterhub": {"custom": {"deployer": {"dask": settings}}},
    }
    where = fleets.cluster("gcp", hub, document=fleets.document(cluster))
    return dask_options(Subject(cluster=where, hub=hub, host="h", own=own, hub_python={}, chart_files=FILES))


def settings_in(values: dict[str, Any]) -> Any:
    parts = values["dask-gateway"]["gateway"]["extraConfig"]
    assert {name: text for name, text in parts.items() if name != "deployer-1-settings"} == {
        "deployer-2-cluster-options": "options = 1\n"
    }
    name, _, value = parts["deployer-1-settings"].partition(" = ")
    assert name == "SETTINGS"
    return ast.literal_eval(value)


@pytest.mark.parametrize("settings", [None, {}])
def test_a_gateway_that_a_values_file_switches_on_has_the_defaults(settings: Any) -> None:
    assert settings_in(computed(settings=settings)) == {
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


def test_what_a_hub_says_is_what_the_gateway_is_told() -> None:
    said = {
        "worker_sizes": [{"cpu": 0.5, "memory_gb": 1.5}],
        "idle_minutes": 5,
        "max_idle_minutes": 60,
        "max_cores": 8,
        "max_clusters": 1,
    }
    sizes = [{"name": "0.5 CPU, 1.5 GB", "cores": 0.45, "cores_limit": 0.5, "memory": "1.5G"}]
    assert settings_in(computed(settings=said)) == {**said, "worker_sizes": sizes}


POOL = "infrastructure: {node_pools: {dask: [{name: workers, machine: n2-highmem-16}]}}"
HALF = {"name": "8 CPU, 57.2 GB", "cores": 7.618, "cores_limit": 8.0, "memory": "58614M"}


@pytest.mark.parametrize(
    ("settings", "cluster"),
    [
        ({"machine": "n2-highmem-16"}, "{}"),
        ({"machine": "n2-highmem-16"}, POOL.replace("16", "8")),
        (None, POOL),
    ],
)
def test_workers_are_parts_of_the_machine_that_is_said_or_declared(settings: Any, cluster: str) -> None:
    sizes = settings_in(computed(settings=settings, cluster=cluster))["worker_sizes"]
    assert [size["name"] for size in sizes] == [
        "1 CPU, 7.2 GB",
        "2 CPU, 14.3 GB",
        "4 CPU, 28.6 GB",
        "8 CPU, 57.2 GB",
        "16 CPU, 114.5 GB",
    ]
    assert sizes[3] == HALF


@pytest.mark.parametrize("machine", ["n2-highmem-15", "f1-micro"])
def test_of_a_machine_that_gives_no_sizes_the_usual_ones_are_left_for_a_rule_to_tell(machine: str) -> None:
    assert settings_in(computed(settings={"machine": machine})) == settings_in(computed())


def test_a_hub_without_a_gateway_has_no_options() -> None:
    assert computed(enabled=False) == {}
