"""What is in a fleet, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """A fleet as far as it could be read. `errors` is how many problems kept something out of it."""

    fleet: Fleet
    errors: int

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Return cluster, hub, provider, chart and domain of each hub; a cluster without hubs has a row."""
        for cluster in self.fleet.clusters:
            for hub in cluster.hubs:
                yield cluster.name, hub.name, _provider(cluster), hub.chart, hub.domain
            if not cluster.hubs:
                yield cluster.name, "", _provider(cluster), "", ""

    def summary(self) -> dict[str, Any]:
        """Return the inventory as plain data (list.schema.json)."""
        operator = self.fleet.organisation
        return {
            "organisation": {
                "name": operator.name,
                "contact": operator.contact,
                "domains": list(operator.domains),
            },
            "clusters": [_cluster(cluster) for cluster in self.fleet.clusters],
        }


def inventory(session: Session, root: Path, *, cluster: str | None = None) -> Inventory:
    """Return what is in a fleet, or in one cluster of it."""
    fleet, problems = load(root, state=session.state, only=cluster)
    return Inventory(fleet=fleet, errors=sum(problem.severity == "error" for problem in problems))


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "name": cluster.name,
        "provider": _provider(cluster),
        "provider_url": cluster.provider_url,
        "kubernetes_version": cluster.kubernetes_version,
        "hubs": [_hub(hub) for hub in cluster.hubs],
    }


def _hub(hub: Hub) -> dict[str, Any]:
    return {
        "name": hub.name,
        "display_name": hub.display_name,
        "domain": hub.domain,
        "chart": hub.chart,
        "presets": [preset.name for preset in hub.presets],
        "staging_for": list(hub.staging_for),
        "staged_by": hub.staged_by,
        "contacts": dict(hub.contacts),
    }


def _provider(cluster: Cluster) -> str:
    # As written, since a provider that is not known has no class.
    provider = cluster.document.value(("provider",))
    return provider if isinstance(provider, str) else ""
