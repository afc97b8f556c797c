"""A cluster's provider, and where the cluster is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.model import Aws, Gcp
from deployer.fleet.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet

_PROVIDER_BLOCKS = ("aws", "azure", "gcp", "kubeconfig")


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
    """Want the number of an AWS account to have 12 digits."""
    for cluster in fleet.clusters:
        provider = cluster.provider
        if (
            isinstance(provider, Aws)
            and provider.account
            and not re.fullmatch(r"[0-9]{12}", provider.account)
        ):
            message = "`aws.account` must be 12 digits, leading zeros included"
            yield Finding(cluster.document, ("aws", "account"), message)


RULES = (provider_block, gcp_location, aws_account)
