"""What is wrong with ignores themselves: those that cannot work, and those that hide nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.ignores import Area
from deployer.fleet.problems import Problem
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from deployer.fleet.ignores import Hidden, Ignore
    from deployer.fleet.model import Fleet

MISUSE = "ignore"
UNUSED = "unused-ignore"
_FORM = "write `# deployer: ignore=RULE[,RULE] reason`"


def misuses(fleet: Fleet, known: Mapping[str, bool]) -> Iterator[Problem]:
    """Return what is wrong with a fleet's ignores; `known` says of each rule whether it can be ignored."""
    hubs = {cluster.name: [hub.name for hub in cluster.hubs] for cluster in fleet.clusters}
    for ignore in fleet.ignores.entries:
        for message in (*_about_rule(ignore, known), *_about_hubs(ignore, hubs)):
            yield _problem(ignore, message)


def unused(fleet: Fleet, hidden: Iterable[Hidden], checked: Collection[str]) -> Iterator[Problem]:
    """Return the ignores that hide nothing.

    `checked` are the rules that have seen everything they could have found something in. About an ignore of
    any other rule nobody can tell, so nothing is said.
    """
    used = {ignore for each in hidden for ignore in each.by}
    for ignore in fleet.ignores.entries:
        if ignore.reason and ignore.rule in checked and ignore not in used:
            message = f"nothing here that `{ignore.rule}` would tell of: remove this ignore"
            yield _problem(ignore, message, warning=True)


def _about_rule(ignore: Ignore, known: Mapping[str, bool]) -> Iterator[str]:
    if not ignore.rule:
        yield f"this ignores nothing: {_FORM}"
    elif ignore.rule not in known:
        yield f"no such rule: `{ignore.rule}`; {did_you_mean(ignore.rule, known)}"
    elif not known[ignore.rule]:
        yield f"`{ignore.rule}` cannot be ignored: correct what it tells of"
    if ignore.rule and not ignore.reason:
        yield "an ignore needs a reason, for whoever comes later: write it behind the rule"


def _about_hubs(ignore: Ignore, hubs: Mapping[str, list[str]]) -> Iterator[str]:
    if isinstance(ignore.scope, Area):
        known = hubs[ignore.scope.cluster]
        for name in ignore.scope.hubs:
            if name not in known:
                yield f"no such hub: `{name}`; {did_you_mean(name, known)}"


def _problem(ignore: Ignore, message: str, *, warning: bool = False) -> Problem:
    return Problem(
        path=ignore.path,
        line=ignore.line,
        column=ignore.column,
        message=message,
        rule=UNUSED if warning else MISUSE,
        severity="warning" if warning else "error",
    )
