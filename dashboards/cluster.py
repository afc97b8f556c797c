"""What all hubs of a cluster stand on: nodes, room, pools, and what watches over them."""

from __future__ import annotations

from dashboards import watching
from dashboards.model import Dashboard, Row, panel

_PURPOSES = "label_hub_jupyter_org_node_purpose, label_k8s_dask_org_node_purpose"
_PURPOSE = "{{label_hub_jupyter_org_node_purpose}}{{label_k8s_dask_org_node_purpose}}"
_OF_NODE = f"on (node) group_left({_PURPOSES}) max by (node, {_PURPOSES}) (kube_node_labels)"


def _promised(resource: str) -> str:
    """Return what pods that are not at their end are promised, by the purpose of the nodes they are on."""
    live = 'max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"}) == 1'
    asked = f'sum by (namespace, pod, node) (kube_pod_container_resource_requests{{resource="{resource}", node!=""}})'
    return f"sum by ({_PURPOSES}) (({asked} and on (namespace, pod) ({live})) * {_OF_NODE})"


def _there(resource: str) -> str:
    """Return what nodes have for pods, by their purpose."""
    nodes = f'max by (node) (kube_node_status_allocatable{{resource="{resource}"}})'
    return f"sum by ({_PURPOSES}) ({nodes} * {_OF_NODE})"


def _by_hub(resource: str) -> str:
    return f'sum by (namespace) (kube_pod_container_resource_requests{{resource="{resource}", node!=""}})'


_NODES = Row(
    title="Nodes",
    panels=(
        panel(
            "Nodes, by purpose",
            "`user` are those of servers, `core` those of hubs and of what is around them, `worker` those of Dask.",
            (f"count by ({_PURPOSES}) (max by (node, {_PURPOSES}) (kube_node_labels))", _PURPOSE),
            stacked=True,
        ),
        panel(
            "Nodes, by kind of machine",
            "Which is what they cost.",
            (
                "count by (label_node_kubernetes_io_instance_type) "
                "(max by (node, label_node_kubernetes_io_instance_type) (kube_node_labels))",
                "{{label_node_kubernetes_io_instance_type}}",
            ),
            stacked=True,
        ),
        panel(
            "Pools, of their limit",
            "At 100 % no node comes any more. Told by the cluster autoscaler where it is part of the support: on AWS. "
            "Google's and Azure's own tell it in their consoles.",
            (
                "max by (node_group) (cluster_autoscaler_node_group_target_count) / "
                "max by (node_group) (cluster_autoscaler_node_group_max_count)",
                "{{node_group}}",
            ),
            unit="percentunit",
            top=1,
            limit=1,
        ),
        panel(
            "Pods that wait for room",
            "By namespace, without placeholders, which are meant to wait.",
            (
                """
                count by (namespace) (
                    max by (namespace, pod) (kube_pod_status_unschedulable) == 1
                    unless on (namespace, pod)
                        kube_pod_labels{label_component=~"user-placeholder|node-placeholder"}
                )
                """,
                "{{namespace}}",
            ),
            points=True,
        ),
        panel(
            "Servers, by purpose and kind of machine",
            "On which nodes the servers of users are.",
            (
                """
                count by (label_hub_jupyter_org_node_purpose, label_node_kubernetes_io_instance_type) (
                    max by (namespace, pod, node) (kube_pod_info{pod=~"jupyter-.*", node!=""})
                    * on (node) group_left(label_hub_jupyter_org_node_purpose, label_node_kubernetes_io_instance_type)
                    max by (node, label_hub_jupyter_org_node_purpose, label_node_kubernetes_io_instance_type)
                        (kube_node_labels)
                )
                """,
                "{{label_hub_jupyter_org_node_purpose}} {{label_node_kubernetes_io_instance_type}}",
            ),
            stacked=True,
        ),
        panel(
            "Nodes that are not well",
            "Not ready, or short of memory, disk or process numbers.",
            (
                'sum by (condition) (kube_node_status_condition{condition!="Ready", status="true"})',
                "{{condition}}",
            ),
            ('sum(kube_node_status_condition{condition="Ready", status=~"false|unknown"})', "not ready"),
            points=True,
        ),
    ),
)
_ROOM = Row(
    title="Room",
    panels=(
        panel(
            "Memory that is promised, of what nodes have",
            "Below a half for long: nodes are larger than what is on them, or pods keep them from going away.",
            (f"{_promised('memory')} / {_there('memory')}", _PURPOSE),
            unit="percentunit",
            top=1,
        ),
        panel(
            "CPU that is promised, of what nodes have",
            "Where this is full and memory is not, servers are promised too much CPU.",
            (f"{_promised('cpu')} / {_there('cpu')}", _PURPOSE),
            unit="percentunit",
            top=1,
        ),
        panel(
            "Memory that is promised, by namespace",
            "What a hub's share of the nodes is, and so, roughly, of their price.",
            (_by_hub("memory"), "{{namespace}}"),
            unit="bytes",
            stacked=True,
        ),
        panel(
            "CPU that is promised, by namespace",
            "In CPUs.",
            (_by_hub("cpu"), "{{namespace}}"),
            stacked=True,
        ),
        panel(
            "Memory in use on each node",
            "Near 100 % the node takes pods away from users.",
            ("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{node}}"),
            unit="percentunit",
            top=1,
            limit=0.95,
        ),
        panel(
            "CPU in use on each node",
            "Everything that is not idle.",
            (
                'sum by (node) (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval])) / '
                'count by (node) (node_cpu_seconds_total{mode="idle"})',
                "{{node}}",
            ),
            unit="percentunit",
            top=1,
        ),
        panel(
            "How full the disks of nodes are",
            "They hold images. A full one lets no pod start.",
            (
                """
                1 - max by (node) (node_filesystem_avail_bytes{mountpoint="/"})
                / max by (node) (node_filesystem_size_bytes{mountpoint="/"})
                """,
                "{{node}}",
            ),
            unit="percentunit",
            top=1,
            limit=0.85,
        ),
        panel(
            "How long images take to pull",
            "On all nodes.",
            *(
                (
                    f"histogram_quantile({share}, sum by (le) "
                    "(rate(kubelet_image_pull_duration_seconds_bucket[$__rate_interval])))",
                    name,
                )
                for share, name in ((0.5, "half"), (0.95, "95 %"))
            ),
            unit="s",
            points=True,
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="cluster",
    title="Cluster",
    description="Nodes, room, pools, and what watches over them. For operators: it shows all hubs.",
    rows=(_NODES, _ROOM, watching.ROW),
)
