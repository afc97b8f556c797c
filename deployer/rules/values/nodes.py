"""Nodes: whether a cluster that declares its pools has one for what a hub runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.node_pools import MACHINE, given, pools
from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import near
from deployer.rules.values.parts.servers import servers
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.node_pools import Pool, Taint
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.servers import Server

_SELECTORS = ("nodeSelector", "node_selector")
_TOLERATIONS = ("tolerations", "extraTolerations")
_DASK_WORKER = ("dask-gateway", "gateway", "backend", "worker", "extraPodConfig")
_DASK_PURPOSE = "k8s.dask.org/node-purpose"
_AUTOMATIC = "nvidia.com/gpu"
"""Kubernetes has pods tolerate this that ask for a GPU."""


@rule("warning")
def node_selector(release: HubValues) -> Iterator[Finding]:
    """Want a node selector to choose a pool that the cluster declares.

    A pod that no node may run waits for ever. Nothing is said without `infrastructure.node_pools`, nor about
    labels that clouds and Kubernetes set by themselves.
    """
    declared = pools(release.cluster)
    for at, values in release.maps if declared else ():
        if at and at[-1] in _SELECTORS:
            wanted = {key: value for key, value in values.items() if value is not None}
            if not any(release.unknown((*at, key)) for key in wanted):
                yield from _unmatched(release, declared, at, wanted)


@rule("warning")
def toleration(release: HubValues) -> Iterator[Finding]:
    """Want tolerations and the taints of declared pools to fit each other.

    A pod that does not tolerate a taint of its pool waits for ever, and a toleration of a taint that no pool
    has is most often misspelt.
    """
    declared = pools(release.cluster)
    taints = {taint.key for pool in declared for taint in pool.taints}
    for at, values in release.maps if declared else ():
        for key in _TOLERATIONS:
            for index, each in enumerate(sequence(values.get(key))):
                tolerated = mapping(each).get("key")
                if isinstance(tolerated, str) and tolerated not in taints and not given(tolerated):
                    message = f"no pool of the cluster has the taint `{tolerated}`{_meant(tolerated, taints)}"
                    if not release.unknown((*at, key, index, "key")):
                        yield release.finding((*at, key, index), message)
    yield from _kept_off(release, declared)


@rule("warning")
def dask_nodes(release: HubValues) -> Iterator[Finding]:
    """Want a node pool for Dask's workers, on a cluster that declares its pools.

    Workers run on nodes labelled `k8s.dask.org/node-purpose: worker`, which those of pools under
    `infrastructure.node_pools.dask` are. Without such nodes, clusters start and their workers wait for ever.
    """
    declared = pools(release.cluster)
    at = (*_DASK_WORKER, "nodeSelector", _DASK_PURPOSE)
    if not declared or release.value("dask-gateway", "enabled") is not True or release.value(*at) != "worker":
        return
    if not any(pool.group == "dask" or pool.labels.get(_DASK_PURPOSE) == "worker" for pool in declared):
        message = "no node pool for Dask's workers: declare one under `infrastructure.node_pools.dask`"
        yield release.finding(("dask-gateway", "enabled"), message)


RULES = (node_selector, toleration, dask_nodes)


def _unmatched(
    release: HubValues, declared: tuple[Pool, ...], at: KeyPath, wanted: Mapping[str, Any]
) -> Iterator[Finding]:
    """Return what of a selector no pool has; the whole of it when each pool lacks another part."""
    alone = [key for key, value in wanted.items() if not any(pool.may_run({key: value}) for pool in declared)]
    for key in alone:
        values = {pool.machine if key == MACHINE else str(pool.labels.get(key, "")) for pool in declared}
        if values == {""}:
            message = f"no pool of the cluster has the label `{key}`"
        else:
            known = ", ".join(f"`{value}`" for value in sorted(values - {""}))
            message = f"no pool of the cluster has `{key}: {wanted[key]}`; known: {known}"
        yield release.finding((*at, key), message)
    if not alone and wanted and not any(pool.may_run(wanted) for pool in declared):
        yield release.finding(at, "no pool of the cluster has all of these labels together")


def _kept_off(release: HubValues, declared: tuple[Pool, ...]) -> Iterator[Finding]:
    told: set[KeyPath] = set()
    for server in servers(release) if declared else ():
        selector = {key: setting.value for key, setting in server.selector.items()}
        able = [pool for pool in declared if selector and pool.may_run(selector)]
        taint = next((found for pool in able if (found := _kept(server, pool))), None)
        if taint and all(_kept(server, pool) for pool in able) and server.at not in told:
            told.add(server.at)
            message = f"servers do not tolerate the taint `{taint.key}` of the pool that they are to run on"
            yield release.finding(server.at, message)


def _kept(server: Server, pool: Pool) -> Taint | None:
    """Return a taint of a pool that keeps a server off it."""
    for taint in pool.taints:
        soft = taint.effect not in ("NoSchedule", "NoExecute") or taint.key == _AUTOMATIC
        if not soft and not any(_tolerates(mapping(each), taint) for each in server.tolerations):
            return taint
    return None


def _tolerates(toleration: Mapping[str, Any], taint: Taint) -> bool:
    """Say whether a toleration is one of a taint, as core/v1 of the Kubernetes API has it."""
    if toleration.get("effect") not in (None, "", taint.effect):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint.key)
    return toleration.get("key") == taint.key and str(toleration.get("value") or "") == taint.value


def _meant(key: str, taints: set[str]) -> str:
    meant = near(key, taints)
    return f": did you mean `{meant}`?" if meant else ""
