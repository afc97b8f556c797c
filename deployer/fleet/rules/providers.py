"""A cluster's provider, and where the cluster is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.model import Aws, Gcp
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import kubernetes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster, Fleet

_PROVIDER_BLOCKS = ("aws", "azure", "gcp", "kubeconfig")
_MINOR = re.compile(r"1\.([0-9]{1,4})")
_VERSION_IN = {"cluster.yaml": ("kubernetes_version",), "org.yaml": ("defaults", "kubernetes_version")}
KNOWN_MINORS = range(28, 38)
"""The minor versions of Kubernetes 1 that our charts take, and whose API comes with the program."""


@rule()
def provider_block(fleet: Fleet) -> Iterator[Finding]:
    """Refuse blocks of other providers than the cluster's own: they have no effect."""
    for cluster in fleet.clusters:
        provider = cluster.document.value(("provider",))
        for block in _PROVIDER_BLOCKS:
            if isinstance(provider, str) and block != provider and block in cluster.document.data:
                message = f"`{block}` has no effect, for the provider is `{provider}`: remove one of them"
                yield Finding(cluster.document, (block,), message)


@rule()
def gcp_location(fleet: Fleet) -> Iterator[Finding]:
    """Want a GKE cluster to be in a zone or in a region."""
    for cluster in fleet.clusters:
        block = cluster.document.value(("gcp",))
        if not isinstance(cluster.provider, Gcp) or not isinstance(block, dict):
            continue
        if {"zone", "region"} <= block.keys():
            yield Finding(cluster.document, ("gcp", "region"), "`zone` and `region`: write one of them")
        elif not {"zone", "region"} & block.keys():
            message = "missing key `zone` in `gcp`, or `region` for a regional cluster"
            yield Finding(cluster.document, ("gcp",), message)


@rule()
def aws_account(fleet: Fleet) -> Iterator[Finding]:
    """Want the number of an AWS account to have 12 digits.

    It is taken as it is written, with quotes or without: leading zeros stay.
    """
    for cluster in fleet.clusters:
        provider = cluster.provider
        if (
            isinstance(provider, Aws)
            and provider.account
            and not re.fullmatch(r"[0-9]{12}", provider.account)
        ):
            message = "`aws.account` must be 12 digits, leading zeros included"
            yield Finding(cluster.document, ("aws", "account"), message)


@rule("warning")
def same_cluster(fleet: Fleet) -> Iterator[Finding]:
    """Question two directories that describe one Kubernetes cluster.

    Most often a cluster.yaml was copied and its provider's block was not filled in: hubs would be deployed to
    the wrong cluster.
    """
    first: dict[object, Cluster] = {}
    for cluster in fleet.clusters:
        place = kubernetes_of(cluster)
        if first.setdefault(place, cluster) is not cluster:
            at = (str(cluster.document.value(("provider",))),)
            message = f"this is the Kubernetes cluster of `{first[place].name}` too: correct what was copied"
            yield Finding(cluster.document, at, message)


@rule("warning")
def kubernetes_version(fleet: Fleet) -> Iterator[Finding]:
    """Question versions of Kubernetes that the program and its charts were not made for.

    Objects are rendered and checked for the version that is written here. What a newer one has removed is not
    known, and the charts refuse an older one.
    """
    for document in fleet.documents:
        at = _VERSION_IN.get(document.path.name, ())
        version = document.value(at)
        minor = _MINOR.fullmatch(version) if at and isinstance(version, str) else None
        if minor and int(minor[1]) not in KNOWN_MINORS:
            known = f"1.{KNOWN_MINORS[0]} to 1.{KNOWN_MINORS[-1]} are"
            yield Finding(document, at, f"Kubernetes {version} is not known here: {known}")


RULES = (provider_block, gcp_location, aws_account, same_cluster, kubernetes_version)
