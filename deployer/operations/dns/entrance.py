"""The address at which a cluster is reached: the one that is said, else that of its Service."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Local
from deployer.operations.access import connected
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from deployer.fleet.model import Cluster
    from deployer.session import Session

SERVICE = "/api/v1/namespaces/support/services/cluster-entrypoint"
_TTL = 300
_NAME = re.compile(r"([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9]", re.IGNORECASE)
_BY_HAND = "or say the address: `--address ADDRESS`"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record of DNS, as a line of a zone file has it; names are without the last dot."""

    name: str
    kind: str
    value: str

    def line(self) -> str:
        """Return the line of a zone file."""
        end = "." if self.kind in ("CNAME", "NS") else ""
        return f"{self.name}. {_TTL} IN {self.kind} {self.value}{end}"


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where a cluster is reached: IP addresses, or the name that a cloud gave its load balancer."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def records(self, host: str) -> Iterator[Record]:
        """Yield the records that lead a host here."""
        for address in self.addresses:
            yield Record(name=host, kind=_kind(address), value=address)
        for name in self.names if not self.addresses else ():
            yield Record(name=host, kind="CNAME", value=name)


def entrance(session: Session, cluster: Cluster, said: Iterable[str]) -> Entrance:
    """Return where a cluster is reached; it is asked when nothing is said.

    Raises:
        DeployerError: it has no address, or is not to be reached.
    """
    found = tuple(dict.fromkeys(each.strip().rstrip(".") for each in said))
    _check(found)
    if not found and isinstance(cluster.provider, Local):
        raise DeployerError(f"{cluster.name}: nothing leads into a local cluster from outside")
    found = found or _of_service(session, cluster)
    addresses = tuple(each for each in found if _is_address(each))
    return Entrance(
        addresses=addresses, names=tuple(each.rstrip(".") for each in found if not _is_address(each))
    )


def given(service: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that a cloud gave to a Service."""
    listed = service.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
    return tuple(str(each.get("ip") or each.get("hostname")) for each in listed)


def _check(said: Collection[str]) -> None:
    """Refuse what can be in no record."""
    for each in said:
        if not _is_address(each) and not _NAME.fullmatch(each):
            raise DeployerError(
                f"no address of a cluster: {each or 'nothing'}",
                hint="such as `192.0.2.1` or `lb.example.net`",
            )
    if len(said) > 1 and not all(map(_is_address, said)):
        raise DeployerError("a cluster is reached at IP addresses, or at one name")


def _of_service(session: Session, cluster: Cluster) -> tuple[str, ...]:
    try:
        with connected(session, cluster) as connection:
            service = connection.api.get(SERVICE)
    except NotFound as error:
        raise DeployerError(
            f"{cluster.name}: there is no Service `cluster-entrypoint` yet",
            hint=f"run `deployer deploy {cluster.name} --support`, {_BY_HAND}",
        ) from error
    except DeployerError as error:
        raise DeployerError(
            error.message, hint=f"{error.hint or 'look at the access'}; {_BY_HAND}"
        ) from error
    found = given(service)
    if not found:
        raise DeployerError(
            f"{cluster.name}: the cloud has given `cluster-entrypoint` no address yet",
            hint=f"try again in some minutes, {_BY_HAND}",
        )
    return found


def _kind(address: str) -> str:
    return "AAAA" if ipaddress.ip_address(address).version == 6 else "A"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
