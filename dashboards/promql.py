"""Pieces of questions that several dashboards ask."""

from __future__ import annotations

OF_HUB = 'namespace=~"$hub"'
SERVERS = f'{OF_HUB}, pod=~"jupyter-.*", container="notebook"'
"""KubeSpawner calls the pods of users `jupyter-NAME`, and what runs in them `notebook`."""


def used_memory(which: str, by: str = "namespace, pod") -> str:
    """Return the memory in use that the kernel cannot take back, which is what limits are held against."""
    return f"sum by ({by}) (container_memory_working_set_bytes{{{which}}})"


def used_cpu(which: str, by: str = "namespace, pod", over: str = "$__rate_interval") -> str:
    """Return the number of CPUs in use."""
    return f"sum by ({by}) (rate(container_cpu_usage_seconds_total{{{which}}}[{over}]))"


def granted(bound: str, resource: str, which: str, by: str = "namespace, pod") -> str:
    """Return what containers may have (`limits`), or are promised (`requests`)."""
    return f'sum by ({by}) (kube_pod_container_resource_{bound}{{{which}, resource="{resource}"}})'


def quantile(share: float, histogram: str, which: str, by: str = "") -> str:
    """Return what a share of the events stayed below, of a histogram."""
    labels = f"le, {by}" if by else "le"
    counted = f"sum by ({labels}) (rate({histogram}_bucket{{{which}}}[$__rate_interval]))"
    return f"histogram_quantile({share}, {counted})"


def quantiles(histogram: str, which: str) -> tuple[tuple[str, str], ...]:
    """Return the middle, and what only few events took longer than."""
    named = {0.5: "half", 0.95: "95 %", 0.99: "99 %"}
    return tuple((quantile(share, histogram, which), name) for share, name in named.items())


def volume(measure: str, which: str) -> str:
    """Return a measure of volumes: each once, although the kubelet of every node tells it that has it mounted."""
    return f"max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_{measure}{{{which}}})"


def full(which: str) -> str:
    """Return how full volumes are, as a share."""
    return f"1 - {volume('available_bytes', which)} / {volume('capacity_bytes', which)}"
