"""Servers are kept from the cloud's metadata, and without a privileged container."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.metadata_server import metadata_server
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

OPEN = "networkPolicy: {enabled: false}"
BLOCKED = ("jupyterhub", "singleuser", "cloudMetadata", "blockWithIptables")
TOLD = (
    "1:1:43: without a network policy servers reach the cloud's metadata server, which has the node's "
    "credentials; leave out `networkPolicy.enabled: false`, or say `cloudMetadata.blockWithIptables: true`"
)


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_an_open_network_leads_to_the_credentials_of_nodes(values: Making, provider: str) -> None:
    release = values(f"jupyterhub: {{singleuser: {{{OPEN}}}}}", provider=provider)
    assert found(metadata_server, release) == [TOLD]


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ("{}", "aws"),
        (f"{{{OPEN}, cloudMetadata: {{blockWithIptables: true}}}}", "aws"),
        (f"{{{OPEN}, cloudMetadata: {{blockWithIptables: '{ENCRYPTED}'}}}}", "aws"),
        (f"{{{OPEN}}}", "local"),
        (f"{{{OPEN}}}", "kubeconfig"),
    ],
)
def test_a_policy_a_container_or_no_such_server_is_right(values: Making, said: str, provider: str) -> None:
    assert found(metadata_server, values(f"jupyterhub: {{singleuser: {said}}}", provider=provider)) == []


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubeconfig", "local"])
def test_no_servers_begin_with_a_privileged_container_unless_a_hub_wants_it(
    values: Making, provider: str
) -> None:
    assert values(provider=provider).value(*BLOCKED) is False
    wanted = "jupyterhub: {singleuser: {cloudMetadata: {blockWithIptables: true}}}"
    assert values(wanted, provider=provider).value(*BLOCKED) is True
