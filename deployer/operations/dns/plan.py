"""The records that a cluster needs: a line for each host, and its own zone's place in the zone above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.operations.dns.entrance import Entrance, Record, entrance
from deployer.operations.dns.hosts import served

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A name, the release whose host it is, and the records that it needs."""

    name: str
    owner: str
    records: tuple[Record, ...]

    @property
    def kind(self) -> str:
        """The kind of its records."""
        return self.records[0].kind


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What DNS should say. `zone` is where ExternalDNS writes, `authority` who issues certificates."""

    cluster: str
    entrance: Entrance
    wanted: tuple[Wanted, ...]
    zone: str | None
    authority: str | None

    def records(self) -> Iterator[Record]:
        """Yield every record."""
        for each in self.wanted:
            yield from each.records

    def written_for_us(self, host: str) -> bool:
        """Whether ExternalDNS writes the records of a host."""
        return self.zone is not None and (host == self.zone or host.endswith(f".{self.zone}"))

    def plain(self) -> dict[str, Any]:
        """Return it as plain data (dns.schema.json), without what DNS says."""
        records = [{"name": r.name, "type": r.kind, "value": r.value} for r in self.records()]
        return {
            "cluster": self.cluster,
            "addresses": [*self.entrance.addresses, *self.entrance.names],
            "authority": self.authority,
            "records": records,
        }


def plan(
    session: Session,
    fleet: Fleet,
    cluster: Cluster,
    hubs: Collection[Hub],
    *,
    whole: bool,
    said: Iterable[str],
) -> Plan:
    """Return what DNS should say of hubs, and with `whole` of what the cluster runs for them.

    `said` is the address of the cluster; without any, it is asked.

    Raises:
        DeployerError: the cluster's address or a host can't be told.
    """
    at = entrance(session, cluster, said)
    owners = [*hubs, *([cluster.support] if whole else [])]
    found = served(session, fleet, cluster, owners)
    hosts = [
        Wanted(name=each.name, owner=each.owner, records=tuple(at.records(each.name))) for each in found.hosts
    ]
    zone = cluster.outputs.get("dns") or {}
    return Plan(
        cluster=cluster.name,
        entrance=at,
        wanted=(*_delegation(zone), *hosts),
        zone=zone.get("zone") if zone.get("identity") else None,
        authority=found.authority,
    )


def _delegation(zone: dict[str, Any]) -> Iterator[Wanted]:
    servers = [str(each).rstrip(".") for each in zone.get("name_servers") or ()]
    if servers:
        records = tuple(Record(name=zone["zone"], kind="NS", value=each) for each in servers)
        yield Wanted(name=zone["zone"], owner="zone", records=records)
