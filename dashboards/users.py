"""The servers of users: what each uses of what it may, which kernels died, which servers do nothing."""

from __future__ import annotations

from dashboards.model import HUB, Dashboard, Panel, Query, Row, Variable, one_line, panel
from dashboards.promql import OF_HUB, granted, used_cpu, used_memory

_WHICH = f'{OF_HUB}, pod=~"$server", container="notebook"'
_PODS = f'{OF_HUB}, pod=~"$server"'
_LEGEND = "{{pod}}"
_MEMORY, _CPU = used_memory(_WHICH), used_cpu(_WHICH)
_AGE = f"time() - max by (pod) (kube_pod_start_time{{{_PODS}}})"


def _idle(by: str) -> str:
    """Return servers that are an hour old and used almost no CPU in it."""
    old = f"time() - max by (namespace, pod) (kube_pod_start_time{{{_PODS}}}) > 3600"
    return f"count by ({by}) (({used_cpu(_WHICH, over='1h')} < 0.01) and ({old}))"


_ROWS = (
    Row(
        title="Memory",
        panels=(
            panel(
                "Memory of each server",
                "What cannot be taken back from it. A line that rises until it breaks off is a kernel that was "
                "killed.",
                (_MEMORY, _LEGEND),
                unit="bytes",
            ),
            panel(
                "Memory, of the limit",
                "At 100 % the kernel that asks for more is killed: the user sees that it died.",
                (f"{_MEMORY} / {granted('limits', 'memory', _WHICH)}", _LEGEND),
                unit="percentunit",
                top=1,
                limit=0.9,
            ),
            panel(
                "Kernels that ran out of memory",
                "Processes in servers that were killed at the limit.",
                (
                    "sum by (namespace, pod) (increase("
                    f"container_oom_events_total{{{_WHICH}}}[$__rate_interval])) > 0",
                    _LEGEND,
                ),
                points=True,
            ),
            panel(
                "Memory used, of what is promised",
                "Nodes are filled by what is promised (`requests`). Far below 100 % for everybody: the promise is "
                "too large, and nodes cost money for nothing. Above: servers live on what others leave.",
                *(
                    (f"quantile({share}, {_MEMORY} / {granted('requests', 'memory', _WHICH)})", name)
                    for share, name in ((0.5, "half of the servers"), (0.95, "95 %"), (1, "the largest"))
                ),
                unit="percentunit",
            ),
        ),
    ),
    Row(
        title="CPU",
        panels=(
            panel("CPU of each server", "How many CPUs it uses.", (_CPU, _LEGEND)),
            panel(
                "CPU, of the limit",
                "Servers without a limit have no line. At 100 % things are slow, but nothing is killed.",
                (f"{_CPU} / {granted('limits', 'cpu', _WHICH)}", _LEGEND),
                unit="percentunit",
                top=1,
            ),
            panel(
                "Time in which a server was held up",
                "The share of moments in which it was at its limit of CPU and had to wait.",
                (
                    f"""
                    sum by (namespace, pod) (rate(container_cpu_cfs_throttled_periods_total{{{_WHICH}}}[$__rate_interval]))
                    / sum by (namespace, pod) (rate(container_cpu_cfs_periods_total{{{_WHICH}}}[$__rate_interval]))
                    """,
                    _LEGEND,
                ),
                unit="percentunit",
                top=1,
            ),
            panel(
                "Network of each server",
                "What it receives, and what it sends.",
                (
                    f"sum by (pod) (rate(container_network_receive_bytes_total{{{_PODS}}}[$__rate_interval]))",
                    "{{pod}} receives",
                ),
                (
                    f"sum by (pod) (rate(container_network_transmit_bytes_total{{{_PODS}}}[$__rate_interval]))",
                    "{{pod}} sends",
                ),
                unit="Bps",
            ),
        ),
    ),
    Row(
        title="Servers that do nothing",
        panels=(
            panel(
                "Idle servers",
                "Older than an hour, and less than a hundredth of a CPU in the last one. They are stopped by the "
                "feature `culling` when nobody has the page open either.",
                (_idle("namespace"), "{{namespace}}"),
                stacked=True,
            ),
            Panel(
                title="All servers",
                description="How old each is, and what it uses now. A click on a column sorts.",
                queries=(
                    Query(expr=one_line(_AGE), legend="Age", unit="s"),
                    Query(expr=used_memory(_WHICH, "pod"), legend="Memory", unit="bytes"),
                    Query(
                        expr=granted("limits", "memory", _WHICH, "pod"),
                        legend="Limit of memory",
                        unit="bytes",
                    ),
                    Query(expr=used_cpu(_WHICH, "pod", "1h"), legend="CPU in the last hour", unit="short"),
                ),
                kind="table",
                by="pod",
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="users",
    title="Servers of users",
    description="What the servers of users use of what they may, which kernels ran out of memory, which servers do "
    "nothing. A server is called by its pod: `jupyter-` and the name of the user.",
    variables=(
        HUB,
        Variable(
            name="server",
            label="Server",
            metric=f'kube_pod_info{{{OF_HUB}, pod=~"jupyter-.*"}}',
            of="pod",
        ),
    ),
    rows=_ROWS,
)
