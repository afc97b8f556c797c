"""Names: of clusters and hubs, and what they must be unique in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import SUPPORT
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import in_hub, kubernetes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet, Hub


@rule()
def cluster_name(fleet: Fleet) -> Iterator[Finding]:
    """Want a cluster to be named as its directory, which is what commands take."""
    for cluster in fleet.clusters:
        name = cluster.document.value(("name",))
        if isinstance(name, str) and name != cluster.name:
            message = f"the cluster's name must be that of its directory: write `{cluster.name}`"
            yield Finding(cluster.document, ("name",), message)


@rule()
def hub_names(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two hubs of one name in a cluster: it is that of a namespace and of a Helm release.

    The second deploy would turn the first hub into the second. Two directories that describe one Kubernetes
    cluster count as one.
    """
    first: dict[object, Hub] = {}
    for cluster in fleet.clusters:
        for hub in cluster.hubs:
            other = first.setdefault((kubernetes_of(cluster), hub.name), hub)
            if other is not hub:
                line = other.document.mark((*other.at, "name")).line
                place = "" if other.document is hub.document else f" of {other.document.name}"
                message = f"another hub has the name `{hub.name}`, in line {line}{place}: each needs its own"
                yield in_hub(hub, ("name",), message)


@rule()
def reserved_name(fleet: Fleet) -> Iterator[Finding]:
    """Refuse hubs in namespaces that are somebody else's.

    Names that begin with `kube-` are for Kubernetes itself, and `support` is the namespace and the release of
    what the cluster runs for all of its hubs.
    """
    for cluster in fleet.clusters:
        for hub in cluster.hubs:
            if hub.name.startswith("kube-"):
                yield in_hub(hub, ("name",), "choose another name: `kube-` is for Kubernetes")
            elif hub.name == SUPPORT and SUPPORT in cluster.document.data:
                yield in_hub(hub, ("name",), "choose another name: it is that of the cluster's own release")


@rule("warning")
def display_names(fleet: Fleet) -> Iterator[Finding]:
    """Question two hubs of a cluster with one name for people, who would not know which is theirs."""
    for cluster in fleet.clusters:
        first: dict[str, Hub] = {}
        for hub in cluster.hubs:
            name = hub.document.value((*hub.at, "display_name"))
            other = first.setdefault(" ".join(name.lower().split()), hub) if isinstance(name, str) else hub
            if other is not hub:
                line = hub.document.mark((*other.at, "display_name")).line
                message = f"hub `{other.name}` has this name for people too, in line {line}"
                yield in_hub(hub, ("display_name",), message)


RULES = (cluster_name, hub_names, reserved_name, display_names)
