"""Dask clusters of users, by Dask Gateway: pods `dask-scheduler-CLUSTER` and `dask-worker-CLUSTER-...`."""

from __future__ import annotations

from dashboards.model import HUB, Dashboard, Row, panel
from dashboards.promql import OF_HUB, granted, used_cpu, used_memory

_SCHEDULERS = f'{OF_HUB}, container="dask-scheduler"'
_WORKERS = f'{OF_HUB}, container="dask-worker"'
_NAME = "{{cluster}}"


def _of_cluster(expr: str) -> str:
    """Return an expression summed up by cluster, whose name is in those of its pods."""
    named = f'label_replace({expr}, "cluster", "$1", "pod", "dask-(?:worker|scheduler)-([^-]+).*")'
    return f"sum by (cluster) ({named})"


_ROWS = (
    Row(
        title="Clusters",
        panels=(
            panel(
                "Clusters",
                "One has one scheduler.",
                (
                    f"sum by (namespace) (kube_pod_container_status_running{{{_SCHEDULERS}}})",
                    "{{namespace}}",
                ),
                stacked=True,
            ),
            panel(
                "Workers that run",
                "Of all clusters.",
                (f"sum by (namespace) (kube_pod_container_status_running{{{_WORKERS}}})", "{{namespace}}"),
                stacked=True,
            ),
            panel(
                "Workers that wait",
                "For a node, mostly. Thousands of them are a cluster that asked for more than the pool may grow.",
                (
                    "sum by (namespace) (kube_pod_status_phase"
                    f'{{{OF_HUB}, pod=~"dask-worker-.*", phase="Pending"}})',
                    "{{namespace}}",
                ),
                stacked=True,
            ),
            panel(
                "Age of clusters",
                "Clusters that nobody closes end by themselves only with a time limit of the gateway.",
                (
                    _of_cluster(
                        "time() - max by (namespace, pod) "
                        f'(kube_pod_start_time{{{OF_HUB}, pod=~"dask-scheduler-.*"}})'
                    ),
                    _NAME,
                ),
                unit="s",
            ),
        ),
    ),
    Row(
        title="What workers use",
        panels=(
            panel(
                "Memory, by cluster",
                "What its workers use.",
                (_of_cluster(used_memory(_WORKERS)), _NAME),
                unit="bytes",
                stacked=True,
            ),
            panel(
                "Memory used, of what is promised",
                "Far below 100 %: nodes are paid for that nobody uses.",
                (
                    f"{_of_cluster(used_memory(_WORKERS))} / "
                    f"{_of_cluster(granted('requests', 'memory', _WORKERS))}",
                    _NAME,
                ),
                unit="percentunit",
            ),
            panel(
                "CPU, by cluster",
                "How many CPUs its workers use.",
                (_of_cluster(used_cpu(_WORKERS)), _NAME),
                stacked=True,
            ),
            panel(
                "CPU used, of what is promised",
                "A cluster that waits for its data uses little.",
                (
                    f"{_of_cluster(used_cpu(_WORKERS))} / {_of_cluster(granted('requests', 'cpu', _WORKERS))}",
                    _NAME,
                ),
                unit="percentunit",
            ),
            panel(
                "Workers that ran out of memory",
                "Processes that were killed at the limit.",
                (
                    _of_cluster(
                        "sum by (namespace, pod) "
                        f"(increase(container_oom_events_total{{{_WORKERS}}}[$__rate_interval]))"
                    ),
                    _NAME,
                ),
                points=True,
            ),
            panel(
                "Restarts of workers",
                "A worker that dies is started again, and its work with it.",
                (
                    _of_cluster(
                        "sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total"
                        f"{{{_WORKERS}}}[$__rate_interval]))"
                    ),
                    _NAME,
                ),
                points=True,
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="dask",
    title="Dask",
    description="Clusters of Dask Gateway: how many, how many workers, what they use. Empty where no hub has it.",
    variables=(HUB,),
    rows=_ROWS,
)
