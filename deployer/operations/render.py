"""What a hub's release is made of: its chart, its merged values, its manifests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deployer.charts.assemble import PreparedChart, prepare
from deployer.charts.chart import find_chart, needed
from deployer.charts.sources import ChartUnavailable
from deployer.operations.secrets import decrypted
from deployer.render.merge import Layer, Merged, for_helm, merge
from deployer.render.placeholders import generated
from deployer.render.values import domain, host, layers
from deployer.tools.helm import find_helm
from deployer.tools.process import programs
from deployer.tools.redaction import scalars

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from deployer.charts.chart import Chart, Dependency
    from deployer.charts.package import Package
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A hub's release before Helm sees it.

    `values_for_helm` are `merged` as Helm is to be given them. When they were decrypted, `secrets` are the
    texts that must never be shown; else encrypted values are placeholders and there are none.
    """

    hub: Hub
    host: str
    chart: PreparedChart
    kube_version: str
    merged: Merged = field(repr=False)
    values_for_helm: Mapping[str, Any] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def rendered(
    session: Session,
    fleet: Fleet,
    cluster: Cluster,
    hub: Hub,
    *,
    decrypt: bool,
    download: bool = True,
    without: Collection[Dependency] = (),
) -> Rendered:
    """Merge a hub's values and get its chart; the cluster is asked nothing.

    Packages that are not at hand are downloaded, unless `download` is False. Those in `without` are left out,
    so that only values can be told, and of theirs only what the fleet says.

    Raises:
        ChartUnavailable: a package of the chart is nowhere to be had.
        DeployerError: there is no such chart, or a file cannot be decrypted.
    """
    content = decrypted(session, hub) if decrypt else None
    chart = find_chart(fleet.root, hub.chart, override=hub.chart_override)
    hub_python = _hub_python(chart)

    def merged(schema: Mapping[str, Any]) -> Merged:
        return merge(
            layers(cluster, hub, chart.defaults, hub_python=hub_python, schema=schema, decrypted=content)
        )

    schema = _schema(chart)
    # The values say which packages are needed, and these say of which type a placeholder has to be.
    dependencies = [each for each in needed(chart, merged(schema).values) if each not in without]
    prepared = _prepared(session, chart, dependencies, download=download)
    result = merged(_with_packages(schema, prepared.packages))
    return Rendered(
        hub=hub,
        host=host(result.values, domain(hub, content)),
        chart=prepared,
        kube_version=cluster.kubernetes_version,
        merged=result,
        values_for_helm=for_helm(result, _defaults(prepared)),
        secrets=scalars(content),
    )


def manifests(session: Session, release: Rendered) -> str:
    """Return the Kubernetes objects of a release as Helm renders them, the same at every call.

    Secrets that the chart would make up are placeholders.
    """
    values = merge([*release.merged.layers, generated(release.merged.values)])
    helm = find_helm(programs(session))
    with TemporaryDirectory(prefix="deployer-helm-") as home:
        return helm.template(
            release.chart.path,
            release=release.hub.name,
            namespace=release.hub.namespace,
            values=for_helm(values, _defaults(release.chart)),
            kube_version=release.kube_version,
            home=Path(home),
            secrets=release.secrets,
        )


def _prepared(
    session: Session, chart: Chart, dependencies: Sequence[Dependency], *, download: bool
) -> PreparedChart:
    """Return the chart's private copy; Helm is looked for only when something has to be downloaded."""
    try:
        return prepare(session, chart, dependencies, helm=None)
    except ChartUnavailable:
        runner = programs(session)
        if not download or runner.find("helm") is None:
            raise
        return prepare(session, chart, dependencies, helm=find_helm(runner))


def _hub_python(chart: Chart) -> dict[str, str]:
    files = sorted((chart.directory / "files/hub").glob("*.py"))
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def _schema(chart: Chart) -> dict[str, Any]:
    path = chart.directory / "values.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return schema


def _with_packages(schema: Mapping[str, Any], packages: Sequence[Package]) -> Mapping[str, Any]:
    """Return the umbrella's schema with those of its packages in place."""
    known = {package.name: package.schema for package in packages if package.schema is not None}
    parts = (schema, {"properties": known})
    return merge(Layer(name="schema", values=part) for part in parts).values


def _defaults(chart: PreparedChart) -> dict[str, Mapping[str, Any]]:
    return {package.name: package.defaults for package in chart.packages}
