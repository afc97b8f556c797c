"""What a validation tells about ignores: how much they hid, what is wrong with them, which hide nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet import rules as fleet_rules
from deployer.fleet.rules.reading import READING
from deployer.rules import manifests, values
from deployer.rules.catalogue import RENDERING, RULES
from deployer.rules.ignores import misuses, unused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deployer.fleet.ignores import Hidden
    from deployer.fleet.model import Fleet
    from deployer.fleet.problems import Problem
    from deployer.operations.validation.report import Outcome


def ignored(fleet: Fleet, outcomes: Iterable[Outcome]) -> int:
    """Return how many problems are ignored; one that several hubs have counts once."""
    return len({each.problem for each in _hidden(fleet, outcomes)})


def about_ignores(
    fleet: Fleet, problems: Iterable[Problem], outcomes: Sequence[Outcome], *, whole: bool
) -> Iterator[Problem]:
    """Return what is wrong with the ignores of a fleet.

    `problems` are those of its files; `whole` says whether the hubs of all outcomes are all hubs there are.
    """
    yield from misuses(fleet, {rule.id: rule.ignorable for rule in RULES})
    unreadable = {rule.id for rule in READING if rule.severity == "error"}
    if whole and not any(problem.rule in unreadable for problem in problems):
        yield from unused(fleet, _hidden(fleet, outcomes), _checked(fleet, outcomes))


def _hidden(fleet: Fleet, outcomes: Iterable[Outcome]) -> Iterator[Hidden]:
    yield from fleet.hidden
    for outcome in outcomes:
        yield from outcome.hidden


def _checked(fleet: Fleet, outcomes: Sequence[Outcome]) -> set[str]:
    """Return the rules that have seen all that there is for them to see."""
    checked = {rule.id for rule in (*READING, *fleet_rules.RULES)}
    # A hub with an error in its files has no outcome.
    if len(outcomes) == sum(len(cluster.hubs) for cluster in fleet.clusters):
        if all(outcome.values_seen for outcome in outcomes):
            checked |= {rule.id for rule in values.RULES}
        if all(outcome.objects_seen for outcome in outcomes):
            checked |= {rule.id for rule in (*RENDERING, *manifests.RULES)}
    return checked
