"""What a release is made of: its chart, its merged values, its manifests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deployer.charts.chart import needed
from deployer.fleet.editing.intended import same
from deployer.fleet.model import Hub
from deployer.operations.charts_at_hand import Charts
from deployer.operations.secrets import decrypted
from deployer.render import support
from deployer.render.merge import Layer, Merged, for_helm, merge
from deployer.render.placeholders import generated, without_secrets
from deployer.render.values import domain, host, layers
from deployer.tools.helm import find_helm
from deployer.tools.process import programs
from deployer.tools.redaction import scalars

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from deployer.charts.assemble import PreparedChart
    from deployer.charts.chart import Dependency
    from deployer.fleet.model import Cluster, Fleet, Installed
    from deployer.operations.charts_at_hand import Umbrella
    from deployer.session import Session
    from deployer.tools.helm import Helm


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The release of a hub, or of what a cluster runs for its hubs, before Helm sees it.

    `values_for_helm` are `merged` as Helm is to be given them. When they were decrypted, `secrets` are the
    texts that must never be shown; else encrypted values are placeholders and there are none. `host` is the
    name under which users reach a hub.
    """

    owner: Installed
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
    owner: Installed,
    *,
    decrypt: bool,
    download: bool = True,
    charts: Charts | None = None,
    without: Collection[Dependency] = (),
) -> Rendered:
    """Merge the values of a release and get its chart; the cluster is asked nothing.

    Packages that are not at hand are downloaded, unless `download` is False. Those in `without` are left out,
    so that only values can be told, and of theirs only what the fleet says. Who renders many hubs gives
    `charts`, which then decide about downloads, so that each chart is read once.

    Raises:
        ChartUnavailable: a package of the chart is nowhere to be had.
        DeployerError: there is no such chart, or a file cannot be decrypted.
    """
    charts = charts or Charts(session=session, root=fleet.root, download=download)
    content = decrypted(session, owner) if decrypt else None
    umbrella = charts.umbrella(owner)
    chart = umbrella.chart

    def merged(schema: Mapping[str, Any]) -> Merged:
        return merge(_layers(cluster, owner, umbrella, schema, content))

    # The values say which packages are needed, and these say of which type a placeholder has to be.
    result = merged(umbrella.schema)
    wanted = needed(chart, result.values)
    complete = charts.complete(umbrella, [each for each in wanted if each not in without])
    if content is None and not _stand(result.layers, complete.schema):
        result = merged(complete.schema)
    return Rendered(
        owner=owner,
        host=host(result.values, domain(owner, content)) if isinstance(owner, Hub) else "",
        chart=complete.prepared,
        kube_version=cluster.kubernetes_version,
        merged=result,
        values_for_helm=for_helm(result, complete.defaults),
        secrets=scalars(content),
    )


def values_alone(
    session: Session, cluster: Cluster, owner: Installed, *, charts: Charts, decrypt: bool
) -> Mapping[str, Any]:
    """Merge the values of a release without any package of its chart, whose defaults are not in them.

    Raises:
        DeployerError: there is no such chart, or a file cannot be decrypted.
    """
    umbrella = charts.umbrella(owner)
    content = decrypted(session, owner) if decrypt else None
    return merge(_layers(cluster, owner, umbrella, umbrella.schema, content)).values


def _layers(
    cluster: Cluster,
    owner: Installed,
    umbrella: Umbrella,
    schema: Mapping[str, Any],
    content: Mapping[str, Mapping[str, Any]] | None,
) -> tuple[Layer, ...]:
    """Return the layers of a release's values, weakest first."""
    defaults, files = umbrella.chart.defaults, umbrella.chart_files
    if isinstance(owner, Hub):
        return layers(
            cluster,
            owner,
            defaults,
            hub_python=umbrella.hub_python,
            chart_files=files,
            schema=schema,
            decrypted=content,
        )
    return support.layers(cluster, defaults, chart_files=files, schema=schema, decrypted=content)


def _stand(layers: Iterable[Layer], schema: Mapping[str, Any]) -> bool:
    """Say whether the placeholders in the layers of a hub's files are the same by this schema."""
    encrypted = [
        (layer.values, layer.document.data)
        for layer in layers
        if layer.kind == "file" and layer.document is not None and layer.document.encrypted
    ]
    return all(same(values, without_secrets(data, schema)) for values, data in encrypted)


def handed(release: Rendered) -> dict[str, Any]:
    """Return the values that Helm gets when it only renders: secrets that the chart makes up are in them."""
    made_up = generated if isinstance(release.owner, Hub) else support.generated
    values = merge([*release.merged.layers, made_up(release.merged.values)])
    return for_helm(values, _defaults(release.chart))


def with_values(release: Rendered, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that Helm gets when something is to be stronger than all that is said."""
    values = merge([*release.merged.layers, Layer(name="added", values=more)])
    return for_helm(values, _defaults(release.chart))


def manifests(
    session: Session, release: Rendered, *, helm: Helm | None = None, values: Mapping[str, Any] | None = None
) -> str:
    """Return the Kubernetes objects of a release as Helm renders them, the same at every call.

    Who renders many hubs gives the `helm` that is to do it; else the installed one is looked for. `values`
    are those that `handed` returns, when that has been asked before.
    """
    helm = helm or find_helm(programs(session))
    with TemporaryDirectory(prefix="deployer-helm-") as home:
        return helm.template(
            release.chart.path,
            release=release.owner.name,
            namespace=release.owner.namespace,
            values=handed(release) if values is None else values,
            kube_version=release.kube_version,
            home=Path(home),
            secrets=release.secrets,
        )


def _defaults(chart: PreparedChart) -> dict[str, Mapping[str, Any]]:
    return {package.name: package.defaults for package in chart.packages}
