"""Whether two fleets are the same to everything that is done with them, however their files are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.editing.intended import same
from deployer.fleet.violations import shown
from deployer.operations.charts_at_hand import Charts
from deployer.render.merge import merge
from deployer.render.values import layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster, Fleet, Hub, ValuesFile
    from deployer.fleet.positions import KeyPath
    from deployer.render.merge import Merged
    from deployer.session import Session


def differences(session: Session, one: Fleet, other: Fleet) -> Iterator[str]:
    """Return a line for each thing that differs between two fleets in one directory.

    Encrypted values are compared as they stand in their files. Charts are not rendered: the same chart with
    the same values renders the same objects.
    """
    charts = Charts(session=session, root=one.root, download=False)
    clusters = {each.name: each for each in other.clusters}
    for cluster in one.clusters:
        counterpart = clusters.pop(cluster.name, None)
        if counterpart is None:
            yield f"{cluster.name}: gone"
            continue
        yield from _different(cluster.name, _cluster(cluster), _cluster(counterpart))
        hubs = {each.name: each for each in counterpart.hubs}
        for hub in cluster.hubs:
            yield from _different(
                f"{cluster.name} {hub.name}",
                _hub(charts, cluster, hub),
                _hub(charts, counterpart, hubs[hub.name]) if hub.name in hubs else {},
            )
    yield from (f"{name}: new" for name in clusters)


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "provider": cluster.provider,
        "provider_url": cluster.provider_url,
        "kubernetes_version": cluster.kubernetes_version,
        "uid": cluster.uid,
        "outputs": dict(cluster.outputs),
        "support": [_file(each) for each in cluster.support_files],
        "hubs": [hub.name for hub in cluster.hubs],
    }


def _hub(charts: Charts, cluster: Cluster, hub: Hub) -> dict[str, Any]:
    merged = _merged(charts, cluster, hub)
    return {
        "display_name": hub.display_name,
        "domain": hub.domain,
        "domain_override": _file(hub.domain_override) if hub.domain_override else None,
        "chart": hub.chart,
        "chart_override": hub.chart_override,
        "staging": (hub.staged_by, hub.staging_for),
        "health": hub.health,
        "contacts": dict(hub.contacts),
        # A placeholder tells where an encrypted value is, not which one.
        "encrypted": [_file(each) for each in hub.values_files if each.encrypted and each.document.data],
        "values": merged.values,
        "replacing": merged.replacing,
    }


def _merged(charts: Charts, cluster: Cluster, hub: Hub) -> Merged:
    """Return a hub's values without its chart's packages, which are not needed to tell values apart."""
    umbrella = charts.umbrella(hub)
    return merge(
        layers(
            cluster,
            hub,
            umbrella.chart.defaults,
            hub_python=umbrella.hub_python,
            chart_files=umbrella.chart_files,
            schema=umbrella.schema,
        )
    )


def _file(file: ValuesFile) -> tuple[Any, ...]:
    return file.path, file.encrypted, file.document.data


def _different(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Return a line for each fact that differs; of values their paths only, for they may be secret."""
    if not other:
        yield f"{name}: gone"
        return
    for key, value in one.items():
        if key == "values":
            yield from (f"{name}: `{shown(at)}`" for at in _paths(value, other[key], ()))
        elif not same(value, other[key]):
            yield f"{name}: {key}"


def _paths(one: Any, other: Any, at: KeyPath) -> Iterator[KeyPath]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in {**one, **other}:
            if key in one and key in other:
                yield from _paths(one[key], other[key], (*at, key))
            else:
                yield (*at, key)
    elif not same(one, other):
        yield at
