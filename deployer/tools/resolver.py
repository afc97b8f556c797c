"""Questions to DNS, by dnspython: what a name has, and by which aliases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    import dns.resolver

_PATIENCE = 5.0
"""Seconds for one question, all servers and repetitions together."""
SILENT = "no DNS server answers"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What DNS says: values as in a zone file but without the last dot, and the aliases on the way to them.

    Without values, `exists` tells a name that has nothing of the kind from one that is not there.
    """

    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    exists: bool = True


class Unanswered(DeployerError):
    """No server gave an answer: none was reached, or each refused or failed."""


class Resolver:
    """Asks the servers of this machine, or the one of `server`: `ADDRESS` or `ADDRESS:PORT`."""

    def __init__(self, server: str | None = None) -> None:
        import dns.resolver

        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration as error:
            raise DeployerError(
                "this machine names no DNS server", hint="name one: `--resolver 1.1.1.1`"
            ) from error
        if server is not None:
            self._resolver.nameservers = [_nameserver(server)]
        self._resolver.lifetime = _PATIENCE

    def ask(self, name: str, kind: str) -> Answer:
        """Return the records of a kind (`A`, `NS`, `CAA`) that a whole name has.

        Raises:
            Unanswered: no server answered.
        """
        import dns.exception
        import dns.resolver

        try:
            found = self._resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as error:
            return Answer(aliases=_aliases_of_nothing(error), exists=False)
        except dns.resolver.NoNameservers as error:
            # Of each server either what went wrong on the way to it, or the code that it answered with.
            codes = [each[3] for each in error.kwargs["errors"] if isinstance(each[3], str)]
            raise Unanswered(f"DNS fails for {name}: {codes[-1]}" if codes else SILENT) from error
        except dns.exception.Timeout as error:
            raise Unanswered(SILENT) from error
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(f"DNS can't be asked for {name}: {error}") from error
        values = tuple(sorted(_text(each) for each in found.rrset or ()))
        return Answer(values=values, aliases=_aliases(found.chaining_result))


def _nameserver(server: str) -> Any:
    import dns.inet
    import dns.nameserver

    host, colon, port = server.rpartition(":")
    # An IPv6 address has colons of its own: with a port it is in brackets.
    if not colon or (":" in host and not host.startswith("[")):
        host, port = server, "53"
    host = host.strip("[]")
    if not (dns.inet.is_address(host) and port.isdecimal() and 0 < int(port) < 65536):
        raise DeployerError(
            f"no address of a DNS server: {server}", hint="such as `1.1.1.1` or `127.0.0.1:5353`"
        )
    return dns.nameserver.Do53Nameserver(host, int(port))


def _text(data: Any) -> str:
    return str(data.to_text()).rstrip(".")


def _aliases(chain: Any) -> tuple[str, ...]:
    return tuple(_text(each) for rrset in chain.cnames for each in rrset)


def _aliases_of_nothing(error: dns.resolver.NXDOMAIN) -> tuple[str, ...]:
    """Return the aliases that led to a name that does not exist."""
    import dns.exception

    try:
        responses: dict[Any, Any] = error.kwargs["responses"]
        return next((_aliases(each.resolve_chaining()) for each in responses.values()), ())
    except dns.exception.DNSException:
        return ()
