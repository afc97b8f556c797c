"""Asks each address of hubs, many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.load import select_hubs
from deployer.fleet.uptime import Unchecked, addresses
from deployer.operations.side_by_side import side_by_side
from deployer.operations.uptime.findings import Finding, of_answer, of_silence, of_unchecked
from deployer.tools.https import Unanswered, ask, trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from deployer.fleet.model import Cluster
    from deployer.fleet.uptime import Check
    from deployer.session import Session


def uptime(
    session: Session, clusters: Sequence[Cluster], hubs: Collection[str] = (), *, jobs: int, timeout: float
) -> tuple[Finding, ...]:
    """Return how each address of these clusters is, or of these hubs of theirs, in their order.

    Raises:
        Interrupted: the user asked to stop; who has not answered yet is left alone.
    """
    wanted = [(cluster.name, each) for cluster in clusters for each in _chosen(cluster, hubs)]
    context = trust()

    def find(asked: tuple[str, Check | Unchecked]) -> Finding:
        cluster, check = asked
        if isinstance(check, Unchecked):
            return of_unchecked(cluster, check)
        try:
            answer = ask(check.host, check.path, port=check.port, timeout=timeout, context=context)
        except Unanswered as silence:
            return of_silence(cluster, check, silence)
        return of_answer(cluster, check, answer, now=session.clock())

    return side_by_side(find, wanted, jobs=jobs, interruption=session.interruption)


def _chosen(cluster: Cluster, hubs: Collection[str]) -> Iterator[Check | Unchecked]:
    names = {hub.name for hub in select_hubs(cluster, hubs)}
    yield from (each for each in addresses(cluster) if not hubs or each.name in names)
