"""What an operator should know before an upgrade: support, what people will notice, what the cloud does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.kubernetes_support import known_versions, support
from deployer.fleet.node_pools import pools
from deployer.operations.infra.upgrade.plan import OF_PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.running import Running
    from deployer.operations.infra.upgrade.plan import Path

_ANNOUNCEMENT = "announcement"


def notes(
    cluster: Cluster, now: Running, goal: str, way: Path, *, hours: int, today: date
) -> tuple[str, ...]:
    """Return what is worth knowing about the steps to a version, a sentence each."""
    return (
        *_about_support(now.cloud, goal, today),
        *_about_google(now, way),
        *_about_people(cluster, now, way, hours),
    )


def _about_support(cloud: str, goal: str, today: date) -> Iterator[str]:
    known, table = support(cloud, goal), known_versions(cloud)
    if known is None:
        yield (
            f"we know nothing of Kubernetes {goal} in this cloud, but of {', '.join(table)}: "
            "it refuses what it does not have"
        )
    elif known.state(today) != "standard":
        rest = f"; {known.kind}, until {known.extended}" if known.extended else ""
        yield f"{known.service}'s standard support of Kubernetes {goal} has ended on {known.standard}{rest}"


def _about_google(now: Running, way: Path) -> Iterator[str]:
    if now.cloud != "gcp":
        return
    yield ("GKE brings the nodes on by itself, in its hours of maintenance; servers end with their nodes")
    if way.waits:
        yield (
            f"the nodes of {', '.join(way.waits)} are too old for the control plane to go further: "
            "run this again when GKE has brought them on"
        )


def _about_people(cluster: Cluster, now: Running, way: Path, hours: int) -> Iterator[str]:
    rolled = [step.pool for step in way.steps if step.kind == "roll"]
    if rolled:
        yield "what runs on nodes that are changed one after the other starts anew: hubs are away for minutes"
    ended = [pool.name for pool in pools(cluster) if pool.name in rolled and pool.group in OF_PEOPLE]
    if ended:
        yield f"people's servers on {', '.join(ended)} end with their nodes, without saving anything"
    if any(step.kind == "retire" for step in way.steps):
        yield (
            f"people's servers stay on old nodes until they end, {hours} hours at most; then they are stopped"
            if hours
            else "people's servers on old nodes are stopped at once, without saving anything"
        )
    silent = [
        hub.name for hub in cluster.hubs if not any(each.name == _ANNOUNCEMENT for each in hub.features)
    ]
    if silent and (way.steps or now.cloud == "gcp"):
        yield (
            f"nothing tells people of {', '.join(silent)}: say it with `features.announcement`, "
            f"and `deployer deploy {cluster.name}` before"
        )
