"""On which nodes a choice of a server runs: what follows from the cluster's node pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.node_pools import MACHINE, pool_named, pools
from deployer.render.tolerations import OF_USERS, of_taint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.model import Cluster
    from deployer.fleet.node_pools import Pool, Taint
    from deployer.render.subject import Subject


def placement(
    subject: Subject, *, pool: str | None = None, machine: str | None = None, gpu: str | None = None
) -> dict[str, Any]:
    """Return KubeSpawner's settings for servers on a pool, or on a machine type, or both.

    `gpu` is the resource that GPUs are asked for by.
    """
    found = pool_named(subject.cluster, pool) if pool else _with_machine(subject.cluster, machine)
    name = machine or (found.machine if found else None)
    selector = {
        **({label: str(value) for label, value in found.labels.items()} if found and pool else {}),
        **({MACHINE: name} if name else {}),
    }
    tolerated = _tolerations(subject, found.taints if found else (), gpu=gpu)
    return {
        **({"node_selector": selector} if selector else {}),
        **({"tolerations": tolerated} if tolerated else {}),
    }


def _with_machine(cluster: Cluster, machine: str | None) -> Pool | None:
    """Return the pool of a machine type, None when there are several: their taints may differ."""
    found = [pool for pool in pools(cluster) if machine and pool.machine == machine]
    return found[0] if len(found) == 1 else None


def _tolerations(subject: Subject, taints: Iterable[Taint], *, gpu: str | None) -> list[Mapping[str, Any]]:
    """Return all tolerations of a server, none when it needs no other than z2jh's."""
    usual = subject.look_up("scheduling", "userPods", "tolerations")
    said = [*(usual or OF_USERS), *(subject.look_up("singleuser", "extraTolerations") or ())]
    wanted = [of_taint(taint) for taint in taints]
    if gpu:
        # Google's clusters add it to pods that ask for a GPU, others don't.
        wanted.append({"key": gpu, "operator": "Exists", "effect": "NoSchedule"})
    more = [each for each in wanted if each not in said]
    return [*said, *more] if more else []
