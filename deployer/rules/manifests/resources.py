"""What containers ask of a node."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from deployer.fleet.rule import rule
from deployer.fleet.violations import shown
from deployer.rules.manifests.places import decided_at, finding, of_chart
from deployer.rules.manifests.pods import pods
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.manifests.pods import Container, Pod
    from deployer.rules.subjects import ReleaseObjects, ReleaseValues

_SETTINGS = {
    "hub/hub": "jupyterhub.hub",
    "proxy/chp": "jupyterhub.proxy.chp",
    "autohttps/traefik": "jupyterhub.proxy.traefik",
    "autohttps/secret-sync": "jupyterhub.proxy.secretSync",
    "user-scheduler/kube-scheduler": "jupyterhub.scheduling.userScheduler",
    "api-*-dask-gateway/gateway": "dask-gateway.gateway",
    "controller-*-dask-gateway/controller": "dask-gateway.controller",
    "traefik-*-dask-gateway/traefik": "dask-gateway.traefik",
    "binderhub/binderhub": "binderhub-service",
    "docker-api/docker-api": "binderhub-service.dockerApi",
    "*-groups-exporter-deployment/jupyterhub-groups-exporter": "jupyterhub-groups-exporter",
    "*home-nfs/nfs-server": "jupyterhub-home-nfs.nfsServer",
    "*home-nfs/enforce-xfs-quota": "jupyterhub-home-nfs.quotaEnforcer",
    "*home-nfs/auto-xfs-resizer": "jupyterhub-home-nfs.autoResizer",
    "*home-nfs/node-exporter": "jupyterhub-home-nfs.nodeExporter",
}
"""Where packages take the resources of their containers from, by object and container. Those of placeholders,
and of what only pulls images, are left out: they are to take nothing."""
_NAMED = 5


@rule("warning")
def missing_requests(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want containers to say how much memory and processor they need, where a hub can have them say it.

    A pod that asks for nothing is sent to nodes that have nothing left, and is the first to be stopped there.
    A limit counts as a request. Containers whose resources no value reaches are left out, and so are those
    that run before the others.
    """
    out_of_sight = []
    for pod in pods(hub.objects):
        for container in pod.containers():
            if container.initial or _requests(container):
                continue
            at = decided_at(hub.release, pod.owner, container.at)
            setting = _setting(hub.release, pod, container)
            if at:
                message = f"the container `{container.name}` doesn't request both cpu and memory"
                yield finding(hub, pod.owner, f"{message}: write `{shown((*at, 'resources'))}`", container.at)
            elif setting:
                out_of_sight.append(f"`{container.name}` ({setting})")
    if out_of_sight:
        more = f" and {len(out_of_sight) - _NAMED} more" if len(out_of_sight) > _NAMED else ""
        names = ", ".join(out_of_sight[:_NAMED])
        yield of_chart(hub, f"containers that don't request both cpu and memory: {names}{more}")


RULES = (missing_requests,)


def _requests(container: Container) -> bool:
    resources = mapping(container.data.get("resources"))
    said = {**mapping(resources.get("limits")), **mapping(resources.get("requests"))}
    return said.get("cpu") is not None and said.get("memory") is not None


def _setting(release: ReleaseValues, pod: Pod, container: Container) -> str | None:
    """Return where the resources of a chart's own container are set, if a hub can do it."""
    packages = {package.name for package in release.chart.packages}
    if not packages:
        return "in the chart's own template"
    name = f"{text(mapping(pod.owner.get('metadata')).get('name'))}/{container.name}"
    known = (path for pattern, path in _SETTINGS.items() if fnmatchcase(name, pattern))
    return next((f"`{path}.resources`" for path in known if path.partition(".")[0] in packages), None)
