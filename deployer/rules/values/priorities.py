"""Priorities of pods: what a hub does to those of its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_DEFAULT = ("jupyterhub", "scheduling", "podPriority", "globalDefault")


@rule("warning")
def default_priority(release: HubValues) -> Iterator[Finding]:
    """Want no hub among several to make its priority that of all pods of the cluster.

    Only one priority class can be the default: Kubernetes refuses the deploy of a second hub that says so.
    The pods of all others, the cloud's own too, have the first one's priority from then on.
    """
    if len(release.cluster.hubs) > 1 and release.value(*_DEFAULT) is True and not release.unknown(_DEFAULT):
        message = (
            "`globalDefault` changes the priority of all pods of the cluster, and no second hub can say so; "
            "leave it out: z2jh's pods name their class"
        )
        yield release.finding(_DEFAULT, message)


RULES = (default_priority,)
