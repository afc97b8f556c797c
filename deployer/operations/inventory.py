"""What is in a fleet, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.load import load
from deployer.operations.charts_at_hand import Charts
from deployer.render.callbacks import callback_urls
from deployer.render.merge import merge
from deployer.render.placeholders import placeholder
from deployer.render.values import domain, host, layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session

_ENCRYPTED = {placeholder(("domain",), {}), placeholder(("jupyterhub", "ingress", "hosts", 0), {})}
"""What stands for a hub's host when it is encrypted."""


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """A fleet as far as it could be read. `errors` is how many problems kept something out of it.

    Files that have any are `broken`.
    """

    fleet: Fleet
    charts: Charts
    broken: frozenset[str]
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
            "clusters": [self._cluster(cluster) for cluster in self.fleet.clusters],
        }

    def _cluster(self, cluster: Cluster) -> dict[str, Any]:
        return {
            "name": cluster.name,
            "provider": _provider(cluster),
            "provider_url": cluster.provider_url,
            "kubernetes_version": cluster.kubernetes_version,
            "hubs": [{**_hub(hub), "callback_urls": self._callbacks(cluster, hub)} for hub in cluster.hubs],
        }

    def _callbacks(self, cluster: Cluster, hub: Hub) -> dict[str, str] | None:
        """Return what the hub's login provider has to know, None when that cannot be told from its files."""
        if hub.files & self.broken:
            return None
        try:
            defaults = self.charts.umbrella(hub).chart.defaults
        except DeployerError:
            return None
        values = merge(layers(cluster, hub, defaults, hub_python={})).values
        address = host(values, domain(hub))
        return None if address in _ENCRYPTED else callback_urls(cluster, address, values)


def inventory(session: Session, root: Path, *, cluster: str | None = None) -> Inventory:
    """Return what is in a fleet, or in one cluster of it."""
    fleet, problems = load(root, state=session.state, only=cluster)
    errors = [problem for problem in problems if problem.severity == "error"]
    return Inventory(
        fleet=fleet,
        charts=Charts(session=session, root=fleet.root, download=False),
        broken=frozenset(problem.path for problem in errors),
        errors=len(errors),
    )


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
