"""The cloud's metadata server: whether something keeps users' servers from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import Aws, Azure, Gcp
from deployer.fleet.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_SERVER = ("jupyterhub", "singleuser")
_POLICY = (*_SERVER, "networkPolicy", "enabled")
_BLOCKED = (*_SERVER, "cloudMetadata", "blockWithIptables")


@rule("warning")
def metadata_server(release: HubValues) -> Iterator[Finding]:
    """Want servers to be kept from the cloud's metadata server.

    It gives the credentials of the node to whoever asks. z2jh's network policy of servers denies it; without
    the policy a privileged container can (`cloudMetadata.blockWithIptables`), which basehub leaves out.
    """
    if not isinstance(release.cluster.provider, (Aws, Azure, Gcp)):
        return
    if release.value(*_POLICY) is False and not release.value(*_BLOCKED) and not release.unknown(_BLOCKED):
        message = (
            "without a network policy servers reach the cloud's metadata server, which has the node's "
            "credentials; leave out `networkPolicy.enabled: false`, or say "
            "`cloudMetadata.blockWithIptables: true`"
        )
        yield release.finding(_POLICY, message)


RULES = (metadata_server,)
