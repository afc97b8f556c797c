"""Records of DNS: what each type may say."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_DOMAIN = re.compile(
    r"([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]{0,61}[a-z0-9]\.?", re.IGNORECASE
)
_MAIL = re.compile(r"[0-9]{1,5} \S+")
_AUTHORITY = re.compile(r'(0|128) [a-z0-9]+ "[^"]*"')


def limits(dns: Mapping[str, Any]) -> Iterator[Limit]:
    """Yield what is wrong with a zone and its records, whichever cloud serves them."""
    if not _DOMAIN.fullmatch(dns["zone"]):
        yield Limit(at("dns", "zone"), f"no domain: {dns['zone']}", "write one such as `hubs.example.org`")
    seen: set[tuple[str, str]] = set()
    names = {(record["name"].lower(), record["type"]) for record in dns["records"]}
    for index, record in enumerate(dns["records"]):
        name, kind = record["name"].lower(), record["type"]
        here = at("dns", "records", index)
        if (name, kind) in seen:
            hint = "put the values of both into one, as a list"
            yield Limit(here, f"two records of the type {kind} are called {name}", hint)
        seen.add((name, kind))
        if kind == "CNAME" and (name == "@" or any(each == name and of != kind for each, of in names)):
            hint = "write records of the types A and AAAA, or another name"
            yield Limit(here, f"a CNAME can't be where other records are: {name}", hint)
        elif name == "@" and kind == "NS":
            hint = "take it out; at the parent the zone's own name servers are to be named"
            yield Limit(here, "the zone makes its own NS records", hint)
        yield from _values(index, record)


def _values(number: int, record: Mapping[str, Any]) -> Iterator[Limit]:
    kind, values = record["type"], record["values"]
    if kind == "CNAME" and len(values) > 1:
        here = at("dns", "records", number, "values")
        yield Limit(here, f"record {record['name']}: a CNAME has one value", "keep one of them")
    holds, wanted = _KINDS.get(kind, (lambda _: True, ""))
    for index, value in enumerate(values):
        if not holds(value):
            here = at("dns", "records", number, "values", index)
            yield Limit(
                here, f"record {record['name']}: no value of the type {kind}: {value}", f"write {wanted}"
            )


def _is(kind: type) -> Callable[[str], bool]:
    def holds(value: str) -> bool:
        try:
            kind(value)
        except ValueError:
            return False
        return True

    return holds


_KINDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "A": (_is(ipaddress.IPv4Address), "an address such as `192.0.2.1`"),
    "AAAA": (_is(ipaddress.IPv6Address), "an address such as `2001:db8::1`"),
    "CAA": (_AUTHORITY.fullmatch, 'such as `0 issue "letsencrypt.org"`'),
    "CNAME": (_DOMAIN.fullmatch, "a domain such as `hubs.example.org`"),
    "MX": (_MAIL.fullmatch, "a number and a host, such as `10 mail.example.org`"),
    "NS": (_DOMAIN.fullmatch, "the domain of a name server"),
}
