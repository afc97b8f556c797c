"""Home directories: how full their disks are, how fast they fill, whose are largest."""

from __future__ import annotations

from dashboards.model import HUB, Dashboard, Panel, Query, Row, panel
from dashboards.promql import OF_HUB, full, volume

_CLAIM = "{{namespace}} {{persistentvolumeclaim}}"
_SIZE = f"max by (namespace, directory) (dirsize_total_size_bytes{{{OF_HUB}}})"


def _home(measure: str) -> str:
    return f"max by (directory) (dirsize_{measure}{{{OF_HUB}}})"


_ROWS = (
    Row(
        title="Disks",
        panels=(
            panel(
                "How full disks are",
                "All volumes of the hub. A home disk that is full stops everybody; an alarm comes at 90 %.",
                (full(OF_HUB), _CLAIM),
                unit="percentunit",
                top=1,
                limit=0.9,
            ),
            panel(
                "How full the NFS server's disk is",
                "As the exporter beside the NFS server in the cluster tells it.",
                (
                    f"""
                    1 - max by (namespace, mountpoint) (node_filesystem_avail_bytes{{{OF_HUB}, mountpoint=~"/shared-volume.*"}})
                    / max by (namespace, mountpoint) (node_filesystem_size_bytes{{{OF_HUB}, mountpoint=~"/shared-volume.*"}})
                    """,
                    "{{namespace}} {{mountpoint}}",
                ),
                unit="percentunit",
                top=1,
                limit=0.9,
            ),
            panel(
                "Growth in a day",
                "By the last seven days.",
                (
                    "max by (namespace, persistentvolumeclaim) "
                    f"(deriv(kubelet_volume_stats_used_bytes{{{OF_HUB}}}[7d])) * 86400",
                    _CLAIM,
                ),
                unit="bytes",
            ),
            panel(
                "Days until a disk is full",
                "When it goes on as in the last seven days. Disks that do not grow have no line.",
                (
                    f"""
                    {volume("available_bytes", OF_HUB)}
                    / (max by (namespace, persistentvolumeclaim) (deriv(kubelet_volume_stats_used_bytes{{{OF_HUB}}}[7d])) > 0)
                    """,
                    _CLAIM,
                ),
                unit="s",
            ),
            panel(
                "Inodes that are used",
                "A disk without free inodes is full, however much room it has: millions of small files.",
                (
                    f"{volume('inodes_used', OF_HUB)} / {volume('inodes', OF_HUB)}",
                    _CLAIM,
                ),
                unit="percentunit",
                top=1,
                limit=0.9,
            ),
            panel(
                "All homes together",
                "Where an exporter tells sizes: jupyterhub-home-nfs does, and `nfs.dirsizeReporter` with "
                "`reportTotalSize`.",
                (f"sum by (namespace) ({_SIZE})", "{{namespace}}"),
                unit="bytes",
            ),
        ),
    ),
    Row(
        title="Homes of users",
        panels=(
            Panel(
                title="Homes",
                description="By directory, which is the user's name in letters that a path may have. Sizes are as "
                "old as the exporter's last look.",
                queries=(
                    Query(expr=_home("total_size_bytes"), legend="Size", unit="bytes"),
                    Query(expr=_home("hard_limit_bytes"), legend="Limit", unit="bytes"),
                    Query(
                        expr=f"{_home('total_size_bytes')} / {_home('hard_limit_bytes')}",
                        legend="Of the limit",
                        unit="percentunit",
                    ),
                    Query(expr=_home("entries_count"), legend="Files", unit="short"),
                    Query(expr=f"time() - {_home('latest_mtime')}", legend="Since the last change", unit="s"),
                ),
                kind="table",
                by="directory",
            ),
            panel(
                "Homes that grew most",
                "In seven days, the ten of them.",
                (
                    f"topk(10, max by (namespace, directory) (delta(dirsize_total_size_bytes{{{OF_HUB}}}[7d])) > 0)",
                    "{{namespace}} {{directory}}",
                ),
                unit="bytes",
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    uid="homes",
    title="Home directories",
    description="How full disks are, how fast they fill, and whose homes are largest.",
    variables=(HUB,),
    rows=_ROWS,
    since="now-7d",
)
