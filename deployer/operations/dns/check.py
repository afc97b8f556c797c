"""What DNS says of the hosts of a cluster, and what is to be done about it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.dns.authority import permission
from deployer.operations.dns.proxies import proxy
from deployer.operations.side_by_side import side_by_side
from deployer.tools.resolver import SILENT, Answer, Unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.interruption import Interruption
    from deployer.operations.dns.plan import Plan, Wanted
    from deployer.tools.resolver import Resolver

_JOBS = 8
WRONG = frozenset({"missing", "elsewhere", "unknown"})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What DNS says of one name.

    `state` is `right`, `missing`, `elsewhere`, `proxy` or `unknown`; `issuing` is what CAA records say of the
    authority, None where nobody asked. `advice` is what to do next.
    """

    wanted: Wanted
    state: str
    said: str
    found: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    wildcard: bool = False
    issuing: str | None = None
    advice: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether something has to be done."""
        return self.state in WRONG or self.issuing == "forbidden"

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, an item of dns.schema.json."""
        return {
            "host": self.wanted.name,
            "owner": self.wanted.owner,
            "state": self.state,
            "said": self.said,
            "found": list(self.found),
            "aliases": list(self.aliases),
            "wildcard": self.wildcard,
            "issuing": self.issuing,
            "advice": list(self.advice),
        }


def check(resolver: Resolver, plan: Plan, interruption: Interruption) -> tuple[Finding, ...]:
    """Ask DNS about every name of a plan.

    Raises:
        DeployerError: DNS answers nothing at all.
        Interrupted: the user had enough.
    """
    (leads_to,) = side_by_side(
        lambda names: _addresses(resolver, names), [plan.entrance.names], jobs=1, interruption=interruption
    )
    found = side_by_side(
        lambda each: _look(resolver, plan, each, leads_to), plan.wanted, jobs=_JOBS, interruption=interruption
    )
    if found and all(each.said == SILENT for each in found):
        raise DeployerError(
            found[0].said, hint="look at the network, or ask another server: `--resolver 1.1.1.1`"
        )
    return found


def _look(resolver: Resolver, plan: Plan, wanted: Wanted, leads_to: frozenset[str] | Unanswered) -> Finding:
    try:
        if wanted.kind == "NS":
            return _delegation(resolver, wanted)
        answers = [resolver.ask(wanted.name, kind) for kind in ("A", "AAAA")]
        if isinstance(leads_to, Unanswered):
            raise leads_to
        expected = leads_to | set(plan.entrance.addresses)
    except Unanswered as error:
        other = "ask another server: `--resolver 1.1.1.1`"
        return Finding(wanted=wanted, state="unknown", said=error.message, advice=(other,))
    found = tuple(value for answer in answers for value in answer.values)
    aliases = max((answer.aliases for answer in answers), key=len)
    exists = any(answer.exists for answer in answers)
    state, said = _state(found, aliases, plan, expected, exists=exists)
    wildcard = state != "missing" and _by_wildcard(resolver, wanted.name, found)
    may = permission(resolver, wanted.name, plan.authority) if plan.authority else None
    advice = tuple(_advice(plan, wanted, state, wildcard=wildcard))
    if may and may.state != "allowed":
        said += f"; CAA at {may.where}: {may.state} for {plan.authority}"
    if may and may.state == "forbidden":
        advice = (*advice, f'add to {may.where}: `CAA 0 issue "{plan.authority}"`')
    return Finding(
        wanted=wanted,
        state=state,
        said=f"{said}, by a wildcard" if wildcard else said,
        found=found,
        aliases=aliases,
        wildcard=wildcard,
        issuing=may.state if may else None,
        advice=advice,
    )


def _state(
    found: tuple[str, ...], aliases: tuple[str, ...], plan: Plan, expected: frozenset[str], *, exists: bool
) -> tuple[str, str]:
    if not found:
        if aliases:
            return "missing", f"is an alias of {aliases[-1]}, which leads nowhere"
        return "missing", "has no address" if exists else "no such name (NXDOMAIN)"
    ways = f" through {' → '.join(aliases)}" if aliases else ""
    if set(found) <= expected or set(aliases) & set(plan.entrance.names):
        return "right", f"leads here{ways}"
    whose = proxy(found)
    if whose:
        return "proxy", f"leads to a proxy of {whose}{ways}"
    others = [each for each in found if each not in expected]
    only = "" if len(others) == len(found) else "also "
    return "elsewhere", f"{only}leads to {', '.join(others)}{ways}"


def _advice(plan: Plan, wanted: Wanted, state: str, *, wildcard: bool) -> Iterator[str]:
    if state == "proxy":
        yield f"unless the proxy is meant for {wanted.name}, let DNS alone answer"
    elif state != "right" and plan.written_for_us(wanted.name):
        logs = f"deployer shell {plan.cluster} -- kubectl -n support logs deployment/support-external-dns"
        yield f"ExternalDNS writes {wanted.name} in the minutes after a deploy; else see `{logs}`"
    elif state != "right":
        # A record of its own comes before a wildcard, which others may need.
        verb = "replace by" if state == "elsewhere" and not wildcard else "enter"
        yield from (f"{verb}: {record.line()}" for record in wanted.records)


def _delegation(resolver: Resolver, wanted: Wanted) -> Finding:
    answer = resolver.ask(wanted.name, "NS")
    found = frozenset(each.lower() for each in answer.values)
    expected = {record.value.lower().rstrip(".") for record in wanted.records}
    if found and found <= expected:
        return Finding(wanted=wanted, state="right", said="is at its name servers", found=answer.values)
    state = "elsewhere" if found else "missing"
    said = f"is at {', '.join(answer.values)}" if found else "the zone above names no name servers"
    advice = tuple(f"enter in the zone above: {record.line()}" for record in wanted.records)
    return Finding(wanted=wanted, state=state, said=said, found=answer.values, advice=advice)


def _by_wildcard(resolver: Resolver, host: str, found: tuple[str, ...]) -> bool:
    """Say whether a name beside a host that nobody entered leads to the same place."""
    above = host.partition(".")[2]
    try:
        beside: Answer = resolver.ask(f"deployer-{secrets.token_hex(6)}.{above}", "A")
    except Unanswered:
        return False
    return bool(beside.values) and set(beside.values) <= set(found)


def _addresses(resolver: Resolver, names: Sequence[str]) -> frozenset[str] | Unanswered:
    """Return the addresses that a load balancer's names have now, or why that can't be told."""
    try:
        answers = [resolver.ask(name, kind) for name in names for kind in ("A", "AAAA")]
    except Unanswered as error:
        return error
    return frozenset(value for answer in answers for value in answer.values)
