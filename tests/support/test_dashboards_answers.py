"""What panels show of a small cluster, as Prometheus' own tool computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.test_dashboards import READ, answerable
from tests.support.test_rules import program, run

if TYPE_CHECKING:
    from pathlib import Path

ANA = 'namespace="maths",pod="jupyter-ana"'
BEN = 'namespace="maths",pod="jupyter-ben"'
EVE = 'namespace="other",pod="jupyter-eve"'
GIB = 1 << 30
SERIES = {
    # kube-state-metrics is replaced in these minutes: what it tells is there twice.
    'kube_node_labels{node="a",label_hub_jupyter_org_node_purpose="user",service="old"}': 1,
    'kube_node_labels{node="a",label_hub_jupyter_org_node_purpose="user",service="new"}': 1,
    'kube_node_labels{node="b",label_hub_jupyter_org_node_purpose="user",service="new"}': 1,
    'kube_node_labels{node="c",label_hub_jupyter_org_node_purpose="core",service="new"}': 1,
    'kube_node_status_allocatable{node="a",resource="memory"}': 8 * GIB,
    'kube_node_status_allocatable{node="b",resource="memory"}': 8 * GIB,
    f'kube_pod_container_resource_requests{{{ANA},container="notebook",node="a",resource="memory"}}': 2 * GIB,
    f'kube_pod_container_resource_requests{{{BEN},container="notebook",node="b",resource="memory"}}': 2 * GIB,
    f'kube_pod_container_resource_requests{{{EVE},container="notebook",node="b",resource="memory"}}': 8 * GIB,
    f'kube_pod_status_phase{{{ANA},phase="Running"}}': 1,
    f'kube_pod_status_phase{{{BEN},phase="Running"}}': 1,
    f'kube_pod_status_phase{{{EVE},phase="Succeeded"}}': 1,
    f'kube_pod_container_resource_limits{{{ANA},container="notebook",resource="memory"}}': 4 * GIB,
    f'container_memory_working_set_bytes{{{ANA},container="notebook"}}': 3 * GIB,
    f'container_memory_working_set_bytes{{{ANA},container=""}}': 3 * GIB,
    f"kube_pod_start_time{{{ANA}}}": 0,
    f"kube_pod_start_time{{{BEN}}}": 0,
    f"kube_pod_created{{{ANA}}}": 7100,
    f"kube_pod_status_scheduled_time{{{ANA}}}": 7160,
    f"kube_pod_created{{{BEN}}}": 100,
    f"kube_pod_status_scheduled_time{{{BEN}}}": 4000,
    'kubelet_volume_stats_available_bytes{namespace="maths",persistentvolumeclaim="home-nfs",node="a"}': 25,
    'kubelet_volume_stats_available_bytes{namespace="maths",persistentvolumeclaim="home-nfs",node="b"}': 25,
    'kubelet_volume_stats_capacity_bytes{namespace="maths",persistentvolumeclaim="home-nfs",node="a"}': 100,
    'kubelet_volume_stats_capacity_bytes{namespace="maths",persistentvolumeclaim="home-nfs",node="b"}': 100,
    'container_memory_working_set_bytes{namespace="maths",pod="dask-worker-1f-x",container="dask-worker"}': 1,
    'container_memory_working_set_bytes{namespace="maths",pod="dask-worker-1f-y",container="dask-worker"}': 2,
    'container_memory_working_set_bytes{namespace="maths",pod="dask-worker-2e-x",container="dask-worker"}': 4,
}
GROWING = {
    f'container_cpu_usage_seconds_total{{{ANA},container="notebook"}}': "0+30x120",
    f'container_cpu_usage_seconds_total{{{BEN},container="notebook"}}': "0+0x120",
}
USER, CORE = (f'{{label_hub_jupyter_org_node_purpose="{purpose}"}}' for purpose in ("user", "core"))
CASES: list[tuple[str, str, dict[str, float]]] = [
    ("cluster/cluster.json", "Nodes, by purpose", {CORE: 1, USER: 2}),
    # What is at its end is promised nothing.
    ("cluster/cluster.json", "Memory that is promised, of what nodes have", {USER: 0.25}),
    ("hubs/users.json", "Memory, of the limit", {f"{{{ANA}}}": 0.75}),
    ("hubs/users.json", "CPU of each server", {f"{{{ANA}}}": 0.5, f"{{{BEN}}}": 0}),
    ("hubs/users.json", "Idle servers", {'{namespace="maths"}': 1}),
    # Ben's start is long ago.
    ("hubs/environment.json", "Until there is room on a node", {"{}": 60}),
    (
        "hubs/homes.json",
        "How full disks are",
        {'{namespace="maths",persistentvolumeclaim="home-nfs"}': 0.75},
    ),
    ("hubs/dask.json", "Memory, by cluster", {'{cluster="1f"}': 3, '{cluster="2e"}': 4}),
]


def question(path: str, title: str) -> str:
    panel = next(each for each in READ[path]["panels"] if each["title"] == title)
    expr: str = panel["targets"][0]["expr"]
    return answerable(expr)


@pytest.mark.integration
def test_panels_show_what_is_so(tmp_path: Path) -> None:
    series = [{"series": name, "values": f"{value}+0x120"} for name, value in SERIES.items()]
    series += [{"series": name, "values": values} for name, values in GROWING.items()]
    tests: list[dict[str, Any]] = [
        {
            "expr": question(path, title),
            "eval_time": "2h",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
        }
        for path, title, expected in CASES
    ]
    asked = {"interval": "1m", "input_series": series, "promql_expr_test": tests}
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"tests": [asked]}))
    run(program("promtool"), "test", "rules", str(tmp_path / "panels.yaml"))
