"""What watches over a cluster: alarms, what is not read, whether Prometheus has room."""

from __future__ import annotations

from dashboards.model import Row, panel
from dashboards.promql import full

ROW = Row(
    title="What watches",
    panels=(
        panel(
            "Alarms",
            "That are raised now, by severity and hub.",
            ('count by (severity, hub) (ALERTS{alertstate="firing"})', "{{severity}} {{hub}}"),
            stacked=True,
        ),
        panel(
            "Alarms that reached nobody",
            "Notifications that failed.",
            (
                "sum by (integration) (increase(alertmanager_notifications_failed_total[$__rate_interval]))",
                "{{integration}}",
            ),
            points=True,
        ),
        panel(
            "Things that are not read",
            "What Prometheus wants to scrape and cannot. What it tells is missing from all dashboards.",
            ("count by (job) (up == 0)", "{{job}}"),
            stacked=True,
        ),
        panel(
            "How full disks of the support are",
            "Of Prometheus, Alertmanager and Grafana.",
            (full('namespace="support"'), "{{persistentvolumeclaim}}"),
            unit="percentunit",
            top=1,
            limit=0.9,
        ),
        panel(
            "Size of Prometheus' data",
            "And what it may have before the oldest goes.",
            ("prometheus_tsdb_storage_blocks_bytes", "data"),
            ("prometheus_tsdb_retention_limit_bytes", "limit"),
            unit="bytes",
        ),
        panel(
            "Series that Prometheus holds",
            "A million takes some 3 GiB of memory.",
            ("prometheus_tsdb_head_series", "series"),
        ),
        panel(
            "Memory of Prometheus",
            "Of its limit. At 100 % it is killed, and reads its log for minutes.",
            (
                'sum by (pod) (container_memory_working_set_bytes{namespace="support", '
                'container="prometheus-server"}) / sum by (pod) (kube_pod_container_resource_limits'
                '{namespace="support", container="prometheus-server", resource="memory"})',
                "{{pod}}",
            ),
            unit="percentunit",
            top=1,
            limit=0.9,
        ),
        panel(
            "Samples in a second",
            "What comes in.",
            ("sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))", "samples"),
            unit="cps",
        ),
    ),
)
