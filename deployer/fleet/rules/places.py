"""Where in a fleet the rules look, and where they point."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from deployer.fleet.model import Aws, Azure, Gcp, Kubeconfig, Local
from deployer.fleet.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub, ValuesFile
    from deployer.fleet.positions import KeyPath


_PRESETS = "config/presets/"


def hubs(fleet: Fleet) -> Iterator[Hub]:
    """Return all hubs of a fleet."""
    for cluster in fleet.clusters:
        yield from cluster.hubs


def listed_files(fleet: Fleet) -> Iterator[ValuesFile]:
    """Return the files that may be encrypted: values of hubs and clusters, domain overrides."""
    for cluster in fleet.clusters:
        yield from cluster.support_files
        for hub in cluster.hubs:
            yield from hub.values_files
            if hub.domain_override:
                yield hub.domain_override


def values_documents(fleet: Fleet) -> tuple[Document, ...]:
    """Return the plain files of chart values, whole: those of hubs, of clusters and the fleet's presets."""
    names = {file.document.name for file in listed_files(fleet)}
    return tuple(
        document
        for document in fleet.documents
        if not document.encrypted and (document.name in names or document.name.startswith(_PRESETS))
    )


def kubernetes_of(cluster: Cluster) -> object:
    """Return what is the same for two directories only when they describe one Kubernetes cluster."""
    provider = cluster.provider
    place: tuple[str, ...]
    match provider:
        case Aws():
            place = (provider.account, provider.region, provider.cluster)
        case Azure():
            place = (provider.subscription or "-", provider.resource_group, provider.cluster)
        case Gcp():
            place = (provider.project, provider.location, provider.cluster)
        case Kubeconfig():
            place = (os.path.normpath(cluster.directory / provider.file) if provider.file else "",)
        case Local():
            # Whose machine it is on is not known.
            place = ("",)
    # Where something is missing, nothing is known; that it is missing is told already.
    return (type(provider), place) if all(place) else cluster.name


def in_hub(hub: Hub, at: KeyPath, message: str) -> Finding:
    """Return a finding at a path of a hub, which its message names."""
    return Finding(hub.document, (*hub.at, *at), f"hub `{hub.name}`: {message}")
