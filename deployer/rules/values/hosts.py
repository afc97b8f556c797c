"""The names under which a hub is reached: some, and a certificate for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_INGRESS = ("jupyterhub", "ingress")


@rule("warning")
def ingress_hosts(release: HubValues) -> Iterator[Finding]:
    """Want an ingress to have hosts.

    One without serves every name that reaches the cluster and that no other ingress has.
    """
    if release.value(*_INGRESS, "enabled") is True and not sequence(release.value(*_INGRESS, "hosts")):
        at = (*_INGRESS, "hosts")
        yield release.finding(at, "the ingress has no hosts: leave `hosts` out, and it has the hub's domain")


@rule("warning")
def tls_hosts(release: HubValues) -> Iterator[Finding]:
    """Want a certificate to cover each host of the ingress.

    Browsers warn of the others, and people learn to ignore that.
    """
    if release.value(*_INGRESS, "enabled") is not True:
        return
    blocks = [mapping(each) for each in sequence(release.value(*_INGRESS, "tls"))]
    # Without blocks, something before the ingress has the certificates; a block without hosts has those that
    # the certificate itself names.
    if not blocks or any(not sequence(block.get("hosts")) for block in blocks):
        return
    covered = {host for block in blocks for host in sequence(block["hosts"]) if isinstance(host, str)}
    unknown = any(
        release.unknown((*_INGRESS, "tls", index, "hosts", item))
        for index, block in enumerate(blocks)
        for item in range(len(sequence(block["hosts"])))
    )
    for index, host in enumerate(sequence(release.value(*_INGRESS, "hosts"))):
        at = (*_INGRESS, "hosts", index)
        if isinstance(host, str) and not unknown and not _covered(host, covered) and not release.unknown(at):
            yield release.finding(at, f"no certificate covers `{host}`: add it to `ingress.tls`")


RULES = (ingress_hosts, tls_hosts)


def _covered(host: str, covered: set[str]) -> bool:
    """Say whether a host is among names, or one label below a wildcard's."""
    return host in covered or f"*.{host.partition('.')[2]}" in covered
