"""Rules that hold between things: across hubs, files and charts. The schemas hold for each file alone.

A rule is a function over the loaded fleet; its id, which problems carry, is its name with dashes. To add
one, write it and put it into `RULES`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from deployer.fleet.model import Aws, Gcp
from deployer.fleet.shipped import places
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub, ValuesFile
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

_PROVIDER_BLOCKS = ("aws", "azure", "gcp", "kubeconfig")


class Finding(NamedTuple):
    """What a rule has found, and where."""

    document: Document
    at: KeyPath
    message: str


def check(fleet: Fleet) -> Iterator[Problem]:
    """Return what all rules find in a fleet."""
    for rule in RULES:
        for finding in rule(fleet):
            yield finding.document.problem(finding.at, finding.message, rule.__name__.replace("_", "-"))


def cluster_name(fleet: Fleet) -> Iterator[Finding]:
    """Want a cluster to be named as its directory, which is what commands take."""
    for cluster in fleet.clusters:
        name = cluster.document.value(("name",))
        if isinstance(name, str) and name != cluster.name:
            message = f"the cluster's name must be that of its directory: write `{cluster.name}`"
            yield Finding(cluster.document, ("name",), message)


def provider_block(fleet: Fleet) -> Iterator[Finding]:
    """Refuse blocks of other providers than the cluster's own: they have no effect."""
    for cluster in fleet.clusters:
        provider = cluster.document.value(("provider",))
        for block in _PROVIDER_BLOCKS:
            if isinstance(provider, str) and block != provider and block in cluster.document.data:
                message = f"`{block}` has no effect, for the provider is `{provider}`: remove one of them"
                yield Finding(cluster.document, (block,), message)


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


def hub_names(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two hubs of one name in a cluster: it is that of a namespace."""
    for cluster in fleet.clusters:
        yield from _unique(cluster, "name")


def domains(fleet: Fleet) -> Iterator[Finding]:
    """Refuse two hubs of one domain in a cluster."""
    for cluster in fleet.clusters:
        yield from _unique(cluster, "domain")


def chart(fleet: Fleet) -> Iterator[Finding]:
    """Want a hub's chart to be a directory of the fleet's, or to come with the program."""
    found = {
        path.parent.name for place in places(fleet.root, "charts") for path in place.glob("*/Chart.yaml")
    }
    for hub in _hubs(fleet):
        if hub.chart and hub.chart not in found:
            message = f"no such chart: `{hub.chart}`; {did_you_mean(hub.chart, sorted(found))}"
            yield _in_hub(hub, ("helm_chart",), message)


def staging(fleet: Fleet) -> Iterator[Finding]:
    """Want `staging_for` and `staged_by` to name other hubs of the cluster, and to agree."""
    for cluster in fleet.clusters:
        hubs = {hub.name: hub for hub in cluster.hubs}
        for hub in cluster.hubs:
            for at, name in _staging_names(hub):
                if name == hub.name:
                    yield _in_hub(hub, at, "a hub cannot stage itself")
                elif name not in hubs:
                    others = [other for other in hubs if other != hub.name]
                    yield _in_hub(hub, at, f"no such hub: `{name}`; {did_you_mean(name, others)}")
                elif at[0] == "staging_for" and hubs[name].staged_by != hub.name:
                    message = f"`{name}` is staged by `{hubs[name].staged_by}` already"
                    yield _in_hub(hub, at, message)


def plain_secret(fleet: Fleet) -> Iterator[Finding]:
    """Want a file to be encrypted when its name says so."""
    for hub in _hubs(fleet):
        for file in (*hub.values_files, *_override(hub)):
            name = file.path.name
            promised = name.startswith("enc-") or ".secret." in name
            if promised and file.document.data and not file.encrypted:
                message = "not encrypted, although its name says so: run `sops --encrypt --in-place` on it"
                yield Finding(file.document, (), message)


def domain_override(fleet: Fleet) -> Iterator[Finding]:
    """Want a domain override file to say which domain."""
    for hub in _hubs(fleet):
        for file in _override(hub):
            if not isinstance(file.document.value(("domain",)), str):
                yield Finding(file.document, (), "missing key `domain`: the host name for now")


RULES: tuple[Callable[[Fleet], Iterator[Finding]], ...] = (
    cluster_name,
    provider_block,
    gcp_location,
    aws_account,
    hub_names,
    domains,
    chart,
    staging,
    plain_secret,
    domain_override,
)


def _hubs(fleet: Fleet) -> Iterator[Hub]:
    for cluster in fleet.clusters:
        yield from cluster.hubs


def _override(hub: Hub) -> tuple[ValuesFile, ...]:
    return (hub.domain_override,) if hub.domain_override else ()


def _in_hub(hub: Hub, at: KeyPath, message: str) -> Finding:
    return Finding(hub.document, (*hub.at, *at), f"hub `{hub.name}`: {message}")


def _unique(cluster: Cluster, key: Literal["name", "domain"]) -> Iterator[Finding]:
    first: dict[str, Hub] = {}
    for hub in cluster.hubs:
        value: str = getattr(hub, key)
        other = first.setdefault(value, hub)
        if value and other is not hub:
            line = hub.document.mark((*other.at, key)).line
            message = f"another hub has the {key} `{value}`, in line {line}: each needs its own"
            yield _in_hub(hub, (key,), message)


def _staging_names(hub: Hub) -> Iterator[tuple[KeyPath, str]]:
    declared: Any = hub.document.value((*hub.at, "staging_for"))
    for index, name in enumerate(declared if isinstance(declared, list) else ()):
        if isinstance(name, str):
            yield ("staging_for", index), name
    before = hub.document.value((*hub.at, "staged_by"))
    if isinstance(before, str):
        yield ("staged_by",), before
