"""The hosts at which a cluster serves something, by the values of its releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.operations.charts_at_hand import Charts
from deployer.operations.render import values_alone
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.fleet.model import Cluster, Fleet, Installed
    from deployer.session import Session

_LISTS = {"ingress": "hosts", "httpRoute": "hostnames"}
"""Where charts list hosts, in which maps."""
_OPEN = "letsencrypt.org"
_PLACEHOLDER = "unknown-"
"""How the placeholder of what is encrypted begins, from which other hosts may be made."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """A host, and the release that serves it: a hub, or the support."""

    name: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a cluster serves. `authority` is who issues its certificates, by the name in CAA records."""

    hosts: tuple[Host, ...]
    authority: str | None


def served(session: Session, fleet: Fleet, cluster: Cluster, owners: Sequence[Installed]) -> Served:
    """Return the hosts of releases. Encrypted files are decrypted only where a host is in one.

    Raises:
        DeployerError: there is no such chart, or a file can't be decrypted.
    """
    charts = Charts(session=session, root=fleet.root, download=False)
    found: dict[str, Host] = {}
    for owner in owners:
        values = values_alone(session, cluster, owner, charts=charts, decrypt=False)
        names = list(_hosts(values))
        if any(_PLACEHOLDER in name for name in names) and any(each.encrypted for each in owner.listed_files):
            values = values_alone(session, cluster, owner, charts=charts, decrypt=True)
            names = list(_hosts(values))
        for name in names:
            found.setdefault(name, Host(name=name, owner=owner.name))
    support = values_alone(session, cluster, cluster.support, charts=charts, decrypt=False)
    return Served(hosts=tuple(found.values()), authority=_authority(support))


def _hosts(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hosts of what is enabled, wherever charts have it."""
    if values.get("enabled") is False:
        return
    for key, value in values.items():
        if not isinstance(value, Mapping):
            continue
        if key in _LISTS:
            if value.get("enabled") is True:
                yield from _listed(value.get(_LISTS[key]))
        else:
            yield from _hosts(value)


def _listed(hosts: Any) -> Iterator[str]:
    for each in hosts if isinstance(hosts, list) else ():
        # Charts differ: names, names with a path behind, maps with a name.
        name = each.get("host") if isinstance(each, Mapping) else each
        if isinstance(name, str) and name:
            yield name.partition("/")[0]


def _authority(support: Mapping[str, Any]) -> str | None:
    issues = bool(look_up(support, ("acme", "email"))) and not support.get("issuer")
    return _OPEN if issues and _OPEN in str(look_up(support, ("acme", "server"))) else None
