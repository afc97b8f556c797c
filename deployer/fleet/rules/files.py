"""The files that a hub lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Fleet, Hub, ValuesFile


@rule()
def plain_secret(fleet: Fleet) -> Iterator[Finding]:
    """Want a file to be encrypted when its name says so."""
    for hub in hubs(fleet):
        for file in (*hub.values_files, *_override(hub)):
            name = file.path.name
            promised = name.startswith("enc-") or ".secret." in name
            if promised and file.document.data and not file.encrypted:
                message = "not encrypted, although its name says so: run `sops --encrypt --in-place` on it"
                yield Finding(file.document, (), message)


@rule()
def domain_override(fleet: Fleet) -> Iterator[Finding]:
    """Want a domain override file to say which domain."""
    for hub in hubs(fleet):
        for file in _override(hub):
            if not isinstance(file.document.value(("domain",)), str):
                yield Finding(file.document, (), "missing key `domain`: the host name for now")


RULES = (plain_secret, domain_override)


def _override(hub: Hub) -> tuple[ValuesFile, ...]:
    return (hub.domain_override,) if hub.domain_override else ()
