"""Google Cloud: the quotas of a region and of the project that node pools come up against.

Their names are of cloud.google.com/compute/resource-usage and of the API's `Quota.metric`, 2026-11-27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from deployer.clouds.asking import Quota
from deployer.clouds.asking.gcp_token import with_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.clouds.asking import Asker, Pool, Wanted
    from deployer.fleet.model import Gcp

_TOGETHER = ("custom", "e2", "f1", "g1", "n1")
"""Families that the metric `CPUS` counts; others have one of their own."""
_NAMES_OF_GPUS = (("nvidia-tesla-", "NVIDIA_"), ("nvidia-", "NVIDIA_"))
_COUNTED = (
    ("google_compute_network", "NETWORKS"),
    ("google_compute_router", "ROUTERS"),
    ("google_compute_subnetwork", "SUBNETWORKS"),
)
_PAGE = "https://console.cloud.google.com/iam-admin/quotas?project={project}&service=compute.googleapis.com"


def quotas(asker: Asker, wanted: Wanted) -> list[Quota]:
    """Return the quotas of what the pools want at their largest, and of what the plan makes."""
    asker = with_token(asker)
    project, region = cast("Gcp", asker.cluster.provider).project, asker.variables["region"]
    compute = ["gcloud", "compute"]
    options = [f"--project={project}", "--format=json"]
    there = _limits(asker.json([*compute, "regions", "describe", region, *options]))
    everywhere = _limits(asker.json([*compute, "project-info", "describe", *options]))
    found = []
    for (metric, where), count in _metrics(wanted, there).items():
        known = (there if where == "region" else everywhere).get(metric)
        found.append(_quota(metric, region if where == "region" else project, count, known, wanted, project))
    return found


def _metrics(wanted: Wanted, there: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Return how much is wanted of each metric of the region, and of the whole project."""
    sums: dict[tuple[str, str], int] = {}

    def add(metric: str, where: str, count: int) -> None:
        if count:
            sums[metric, where] = sums.get((metric, where), 0) + count

    for pool in wanted.pools:
        cpus = pool.nodes * pool.type.cpu if pool.type else 0
        add(_spot(_processors(pool), there) if pool.spot else _processors(pool), "region", cpus)
        add("CPUS_ALL_REGIONS", "project", cpus)
        if pool.gpu:
            metric = _gpus(pool.gpu)
            add(_spot(metric, there) if pool.spot else metric, "region", pool.nodes * pool.gpus)
            add("GPUS_ALL_REGIONS", "project", pool.nodes * pool.gpus)
        add("SSD_TOTAL_GB", "region", pool.nodes * pool.disk)
        if not wanted.private:
            add("IN_USE_ADDRESSES", "region", pool.nodes)
    for kind, metric in _COUNTED:
        add(metric, "project", wanted.made.get(kind, 0))
    return sums


def _processors(pool: Pool) -> str:
    family = pool.machine.partition("-")[0]
    return "CPUS" if family in _TOGETHER else f"{family.upper()}_CPUS"


def _gpus(kind: str) -> str:
    for begins, metric in _NAMES_OF_GPUS:
        if kind.startswith(begins):
            return f"{metric}{kind.removeprefix(begins).upper().replace('-', '_')}_GPUS"
    return kind


def _spot(metric: str, there: Mapping[str, Any]) -> str:
    # Without a quota of their own, spot machines count as others do.
    preemptible = "PREEMPTIBLE_CPUS" if metric.endswith("CPUS") else f"PREEMPTIBLE_{metric}"
    return preemptible if there.get(preemptible, {}).get("limit") else metric


def _limits(said: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["metric"]: each for each in said.get("quotas", ())}


def _quota(
    metric: str, where: str, count: int, known: Mapping[str, Any] | None, wanted: Wanted, project: str
) -> Quota:
    more = _PAGE.format(project=project)
    if known is None:
        return Quota(
            what=f"{metric} of {where}",
            wanted=count,
            more=more,
            reason="Google does not tell of it there: look at the page",
        )
    used = known["usage"] if wanted.new or metric in dict(_COUNTED).values() else None
    return Quota(what=f"{metric} of {where}", wanted=count, limit=known["limit"], used=used, more=more)
