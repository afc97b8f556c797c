"""Old nodes take nobody new, and go when nobody works on them any more.

The nodes themselves know since when, in an annotation: whoever goes on after an interruption goes on waiting,
and does not begin anew.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from deployer.operations.access import connected
from deployer.operations.hub_pods import USERNAME
from deployer.progress import step
from deployer.tools.kubernetes import NotFound, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.model import Cluster
    from deployer.session import Session
    from deployer.tools.kubernetes import Api

_LABEL = "eks.amazonaws.com/nodegroup"
_DASK = "gateway.dask.org/cluster"
SINCE = "deployer/leaving-since"
_PAUSE = 60
"""Seconds between two looks."""
_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True, kw_only=True)
class Busy:
    """What people still run on nodes that are to go, and since when these take nobody new."""

    nodes: int
    pods: tuple[str, ...]
    since: datetime

    def __str__(self) -> str:
        return f"{len(self.pods)} servers and Dask pods of people on {self.nodes} old nodes"


def drain(session: Session, cluster: Cluster, group: str, *, hours: int) -> None:
    """Wait until nobody works on the nodes of a node group of EKS, or until they had so many hours to end.

    Raises:
        Interrupted: the user asked to stop. The nodes stay as they are, and take nobody new.
        DeployerError: the cluster cannot be reached, or does not let us.
    """
    if not hours:
        return
    told = ""
    with step(session.progress, cluster.name, f"wait for people on {group}"):
        busy = _look(session, cluster, group)
        while busy.pods and session.clock() < (ends := busy.since + timedelta(hours=hours)):
            if told != str(busy):
                told = str(busy)
                session.progress.noted(cluster.name, f"{busy}, until {ends:%Y-%m-%d %H:%M} UTC at most")
            session.interruption.sleep(_PAUSE)
            with suppress(Unreachable):  # for a moment, in hours
                busy = _look(session, cluster, group)


def _look(session: Session, cluster: Cluster, group: str) -> Busy:
    # Each time anew: credentials of clouds do not last for hours.
    with connected(session, cluster) as connection:
        return cordon(connection.api, group, session.clock())


def cordon(api: Api, group: str, now: datetime) -> Busy:
    """Let the nodes of a group take nobody new, those too that came since; say who is on them."""
    nodes = api.items("/api/v1/nodes", labelSelector=f"{_LABEL}={group}")
    since = min((told for node in nodes if (told := _since(node))), default=now)
    for node in nodes:
        if _since(node) is None or not node.get("spec", {}).get("unschedulable"):
            _leave(api, node["metadata"]["name"], since)
    names = {node["metadata"]["name"] for node in nodes}
    return Busy(nodes=len(nodes), pods=tuple(sorted(_people(api, names))), since=since)


def _leave(api: Api, node: str, since: datetime) -> None:
    body = {"metadata": {"annotations": {SINCE: since.isoformat()}}, "spec": {"unschedulable": True}}
    try:
        api.patch(f"/api/v1/nodes/{node}", body)
    except NotFound:
        return  # the autoscaler was faster


def _since(node: Mapping[str, Any]) -> datetime | None:
    told = node["metadata"].get("annotations", {}).get(SINCE)
    try:
        return datetime.fromisoformat(told) if told else None
    except ValueError:
        return None


def _people(api: Api, nodes: Iterable[str]) -> set[str]:
    """Return the pods on nodes in which people work; placeholders and daemons are nobody's."""
    pods = [pod for label in (USERNAME, _DASK) for pod in api.items("/api/v1/pods", labelSelector=label)]
    return {
        f"{pod['metadata'].get('namespace', '')}/{pod['metadata']['name']}"
        for pod in pods
        if pod.get("spec", {}).get("nodeName") in nodes and pod.get("status", {}).get("phase") not in _ENDED
    }
