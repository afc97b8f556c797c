"""What servers are made of, and where the time goes until one is there."""

from __future__ import annotations

from dashboards.model import HUB, Dashboard, Panel, Row, panel
from dashboards.promql import OF_HUB, SERVERS

_PODS = f'{OF_HUB}, pod=~"jupyter-.*"'
_CREATED = f"max by (namespace, pod) (kube_pod_created{{{_PODS}}})"
_SCHEDULED = f"max by (namespace, pod) (kube_pod_status_scheduled_time{{{_PODS}}})"
_STARTED = f"max by (namespace, pod) (kube_pod_container_state_started{{{SERVERS}}})"
_READY = f"max by (namespace, pod) (kube_pod_status_ready_time{{{_PODS}}})"


def _between(first: str, then: str, share: float) -> str:
    """Return the time between two moments of the servers of the last half hour."""
    young = f"time() - {_CREATED} < 1800"
    return f"quantile({share}, ({then} - {first}) and ({young}))"


def _times(title: str, description: str, first: str, then: str) -> Panel:
    """Return a panel of the time between two moments: what half of the servers take at most, and 95 %."""
    return panel(
        title,
        description,
        (_between(first, then, 0.5), "half"),
        (_between(first, then, 0.95), "95 %"),
        unit="s",
        points=True,
    )


_ROWS = (
    Row(
        title="Images",
        panels=(
            panel(
                "Images in use",
                "How many servers run each. An old tag stays until its last server is stopped.",
                (f"count by (image_spec) (kube_pod_container_info{{{SERVERS}}})", "{{image_spec}}"),
                stacked=True,
            ),
            panel(
                "Images that cannot be pulled",
                "Servers that wait for one: a tag that does not exist, a registry that wants a password or is away.",
                (
                    "sum by (namespace, reason) (kube_pod_container_status_waiting_reason"
                    f'{{{OF_HUB}, reason=~"ErrImagePull|ImagePullBackOff|InvalidImageName"}})',
                    "{{namespace}} {{reason}}",
                ),
                points=True,
            ),
        ),
    ),
    Row(
        title="Where the time of a start goes",
        panels=(
            _times(
                "Until there is room on a node",
                "Seconds where a node has room; minutes where one had to come. Warm nodes and placeholders help.",
                _CREATED,
                _SCHEDULED,
            ),
            _times(
                "Until it runs",
                "From the node to a process: pulling the image, mounting the home. Large images on new nodes.",
                _SCHEDULED,
                _STARTED,
            ),
            _times(
                "In all",
                "From the pod's creation until it is ready.",
                _CREATED,
                _READY,
            ),
            panel(
                "Servers that wait for room",
                "No node has room for them. When they stay, the node pool is as large as it may be.",
                (
                    f"count by (namespace) (kube_pod_status_unschedulable{{{_PODS}}} == 1)",
                    "{{namespace}}",
                ),
                points=True,
            ),
        ),
    ),
    Row(
        title="Sizes",
        panels=(
            panel(
                "Sizes of servers, by memory",
                "How many servers have each limit of memory, in GiB: which of the choices people take.",
                (
                    'count_values("gib", round(sum by (namespace, pod) (kube_pod_container_resource_limits'
                    f'{{{SERVERS}, resource="memory"}}) / 2 ^ 30, 0.1))',
                    "{{gib}} GiB",
                ),
                stacked=True,
            ),
            panel(
                "GPUs",
                "Asked for by servers.",
                (
                    "sum by (namespace) (kube_pod_container_resource_requests"
                    f'{{{SERVERS}, resource="nvidia_com_gpu"}})',
                    "{{namespace}}",
                ),
                stacked=True,
            ),
            panel(
                "Nodes with servers on them",
                "How many nodes each hub's servers are spread over. Of which pools: the dashboard about the cluster.",
                (
                    f'count by (namespace) (count by (namespace, node) (kube_pod_info{{{_PODS}, node!=""}}))',
                    "{{namespace}}",
                ),
            ),
            panel(
                "Why servers ended",
                "The last end of what runs in them, where it was restarted.",
                (
                    "sum by (namespace, reason) (kube_pod_container_status_last_terminated_reason"
                    f"{{{SERVERS}}})",
                    "{{namespace}} {{reason}}",
                ),
                points=True,
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="environment",
    title="Environment",
    description="Images in use, where the time of a start goes, which sizes people take. Which packages they import "
    "is told by nothing here.",
    variables=(HUB,),
    rows=_ROWS,
)
