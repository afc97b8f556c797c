"""How a hub is: who uses it, whether servers start, how fast it answers."""

from __future__ import annotations

from dashboards.model import HUB, Dashboard, Row, panel
from dashboards.promql import OF_HUB, full, quantile, quantiles, used_cpu, used_memory

_SPAWN = "jupyterhub_server_spawn_duration_seconds"
_REQUEST = "jupyterhub_request_duration_seconds"
_PARTS = f'{OF_HUB}, pod=~"(hub|proxy)-.*", container=~"hub|chp"'


def _active(period: str) -> str:
    return f'sum(jupyterhub_active_users{{{OF_HUB}, period="{period}"}})'


def _starts(status: str, over: str) -> str:
    return f"sum(increase({_SPAWN}_count{{{OF_HUB}, status{status}}}[{over}]))"


_NOW = Row(
    title="Now",
    panels=(
        panel(
            "Servers",
            "Servers of users that run.",
            (f"sum(jupyterhub_running_servers{{{OF_HUB}}})", ""),
            kind="stat",
            width=4,
        ),
        *(
            panel(
                title,
                "Users who did something in that time. The hub counts them once an hour, over all of it: the period "
                "above does not change the figure.",
                (_active(period), ""),
                kind="stat",
                width=4,
            )
            for title, period in (
                ("Users in 24 hours", "24h"),
                ("Users in 7 days", "7d"),
                ("Users in 30 days", "30d"),
            )
        ),
        panel(
            "Starts that failed, 24 hours",
            "Servers that did not start, of all causes: an image that is not there, no room, too slow.",
            (_starts('!="success"', "24h"), ""),
            kind="stat",
            width=4,
            limit=1,
        ),
        panel(
            "Hubs down",
            "Hubs and proxies of which no pod is available. Without a hub nobody logs in, without a proxy nobody "
            "reaches a server that runs.",
            (
                f'count(kube_deployment_status_replicas_available{{{OF_HUB}, deployment=~"hub|proxy"}} == 0) '
                "or vector(0)",
                "",
            ),
            kind="stat",
            width=4,
            limit=1,
        ),
    ),
)
_SERVERS = Row(
    title="Servers of users",
    panels=(
        panel(
            "Servers that run",
            "By hub. Steps upwards are classes that begin; a plateau at night is servers that nobody stops.",
            (f"sum by (namespace) (jupyterhub_running_servers{{{OF_HUB}}})", "{{namespace}}"),
            stacked=True,
        ),
        panel(
            "Starts, by how they ended",
            "How many servers were started. Some failures among many starts are users' own images; more than half "
            "is an outage.",
            (f"sum by (status) (increase({_SPAWN}_count{{{OF_HUB}}}[$__rate_interval]))", "{{status}}"),
            stacked=True,
        ),
        panel(
            "How long a start takes",
            "From the click to a server that answers, of those that started. Minutes are a node that had to come or "
            "an image that had to be pulled: the dashboard about the environment shows which.",
            *quantiles(_SPAWN, f'{OF_HUB}, status="success"'),
            unit="s",
            points=True,
        ),
        panel(
            "How long a stop takes",
            "A user whose server does not stop can start no other.",
            *quantiles("jupyterhub_server_stop_seconds", OF_HUB),
            unit="s",
            points=True,
        ),
    ),
)
_ANSWERS = Row(
    title="The hub itself",
    panels=(
        panel(
            "How fast the hub answers",
            "Pages and calls of its API. What users do in their servers does not pass through the hub.",
            *quantiles(_REQUEST, f'{OF_HUB}, code!~"1.."'),
            unit="s",
        ),
        panel(
            "What it is slow at",
            "The ten kinds of requests of which one in twenty takes longest.",
            (f"topk(10, {quantile(0.95, _REQUEST, OF_HUB, 'handler')})", "{{handler}}"),
            unit="s",
            points=True,
        ),
        panel(
            "Answers, by code",
            "5xx are faults of the hub, 403 and 404 are mostly browsers with an old page.",
            (f"sum by (code) (rate({_REQUEST}_count{{{OF_HUB}}}[$__rate_interval]))", "{{code}}"),
            unit="reqps",
            stacked=True,
        ),
        panel(
            "How busy it is",
            "How late the hub's only loop comes to its next turn. More than a second is a hub that hangs.",
            *quantiles("jupyterhub_event_loop_interval_seconds", OF_HUB),
            unit="s",
        ),
        panel(
            "Memory of hub and proxy",
            "A proxy that grows for weeks keeps connections of browsers that are gone.",
            (used_memory(_PARTS, "namespace, container"), "{{namespace}} {{container}}"),
            unit="bytes",
        ),
        panel(
            "CPU of hub and proxy",
            "Both use one CPU each at most: a line at 1 is the end.",
            (used_cpu(_PARTS, "namespace, container"), "{{namespace}} {{container}}"),
            limit=1,
        ),
        panel(
            "Restarts",
            "Of hub and proxy. A hub's own deploys are none.",
            (
                "sum by (namespace, container) (increase("
                f"kube_pod_container_status_restarts_total{{{_PARTS}}}[$__rate_interval]))",
                "{{namespace}} {{container}}",
            ),
        ),
        panel(
            "How full the hub's disk is",
            "It holds the database. A hub whose disk is full does not start.",
            (full(f'{OF_HUB}, persistentvolumeclaim="hub-db-dir"'), "{{namespace}}"),
            unit="percentunit",
            top=1,
            limit=0.9,
        ),
    ),
)
_USERS = Row(
    title="Users",
    panels=(
        panel(
            "Users who were active",
            "In 24 hours, 7 days and 30 days before each moment. Somebody who uses two hubs is counted twice.",
            *((_active(period), period) for period in ("24h", "7d", "30d")),
        ),
        panel(
            "Users that the hub knows",
            "Everybody who ever logged in or was named by an admin, and was not removed.",
            (f"sum by (namespace) (jupyterhub_total_users{{{OF_HUB}}})", "{{namespace}}"),
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="hub",
    title="Hub",
    description="Who uses a hub, whether servers start, how fast the hub answers. Hubs tell it with the feature "
    "`metrics`.",
    variables=(HUB,),
    rows=(_NOW, _SERVERS, _ANSWERS, _USERS),
)
