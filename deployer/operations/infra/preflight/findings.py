"""What was asked against what is wanted: a line for each, ok, missing or unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.clouds.asking import Held, Quota, Service

OK, MISSING, UNKNOWN = "ok", "missing", "unknown"
PERMISSION, SERVICE, QUOTA = "permission", "service", "quota"
_ACTION = re.compile(r"^\S+[:./]\S+$")
_STATUS = {True: OK, False: MISSING, None: UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. `said` is what was found out, `mend` how to get what is missing."""

    kind: str
    what: str
    status: str
    said: str = ""
    mend: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kind": self.kind,
            "what": self.what,
            "status": self.status,
            "said": self.said or None,
            "mend": self.mend or None,
        }


def of_permissions(held: Held) -> Iterator[Finding]:
    """Yield one for each action, in alphabetical order."""
    for action, may in sorted(held.actions.items()):
        yield Finding(
            kind=PERMISSION,
            what=action,
            status=_STATUS[may],
            said=held.reason,
            mend="" if may else held.grant,
        )


def of_services(services: Iterable[Service]) -> Iterator[Finding]:
    """Yield one for each service."""
    for each in services:
        yield Finding(
            kind=SERVICE,
            what=each.name,
            status=_STATUS[each.enabled],
            said=each.note,
            mend="" if each.enabled else each.enable,
        )


def of_quotas(quotas: Iterable[Quota]) -> Iterator[Finding]:
    """Yield one for each quota: it must leave room for what is wanted beside what others use."""
    for each in quotas:
        if each.limit is None:
            said = f"{each.wanted} wanted; the limit is not known: {each.reason}"
            yield Finding(kind=QUOTA, what=each.what, status=UNKNOWN, said=said, mend=each.more)
            continue
        enough = each.wanted + (each.used or 0) <= each.limit
        used = "" if each.used is None else f", {each.used:g} in use"
        yield Finding(
            kind=QUOTA,
            what=each.what,
            status=_STATUS[enough],
            said=f"{each.wanted} wanted{used}, {each.limit:g} allowed",
            mend="" if enough else each.more,
        )


def not_asked(kind: str, what: str, reason: str) -> Finding:
    """Return what stands for all that could not be asked of a kind."""
    return Finding(kind=kind, what=what, status=UNKNOWN, said=reason)


def lines(found: Iterable[Finding]) -> Iterator[tuple[str, str, str, str]]:
    """Yield status, kind, what and what is said, for people: the permissions of a service are one line."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    rest: list[Finding] = []
    for each in found:
        if each.kind == PERMISSION and _ACTION.search(each.what):
            groups.setdefault((each.status, service(each.what)), []).append(each)
        else:
            rest.append(each)
    for (status, name), several in sorted(groups.items()):
        actions = [each.what.removeprefix(name)[1:] for each in several]
        count = f"{len(actions)} action{'' if len(actions) == 1 else 's'}"
        yield status, PERMISSION, name, count if status == OK else ", ".join(actions)
    for each in rest:
        yield each.status, each.kind, each.what, each.said


def service(action: str) -> str:
    """Return the service that an action is of, as its cloud writes it."""
    first = re.split("[:/]", action, maxsplit=1)[0]
    return action.partition(".")[0] if first == action else first
