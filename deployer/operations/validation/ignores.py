"""What a validation tells about ignores: how much they hid, what is wrong with them, which hide nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet import rules as fleet_rules
from deployer.fleet.rules.reading import READING
from deployer.rules import manifests, values
from deployer.rules.catalogue import RENDERING, RULES
from deployer.rules.dates import PAST_DATE
from deployer.rules.ignores import misuses, unused
from deployer.rules.kubernetes_support import KUBERNETES_SUPPORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deployer.fleet.ignores import Hidden
    from deployer.fleet.model import Fleet
    from deployer.fleet.problems import Problem
    from deployer.fleet.rule import Rule
    from deployer.operations.validation.report import Outcome
    from deployer.rules.own.load import OwnRules


def ignored(fleet: Fleet, outcomes: Iterable[Outcome]) -> int:
    """Return how many problems are ignored; one that several hubs have counts once."""
    return len({each.problem for each in _hidden(fleet, outcomes)})


def about_ignores(
    fleet: Fleet,
    own: OwnRules,
    problems: Iterable[Problem],
    outcomes: Sequence[Outcome],
    *,
    whole: bool,
) -> Iterator[Problem]:
    """Return what is wrong with the ignores of a fleet.

    `problems` are those of its files; `whole` says whether the hubs of all outcomes are all hubs there are.
    """
    known = {rule.id: rule.ignorable for rule in RULES}
    yield from misuses(fleet, {**known, **dict.fromkeys(own.ids, True)})
    unreadable = {rule.id for rule in READING if rule.severity == "error"}
    if whole and not any(problem.rule in unreadable for problem in problems):
        yield from unused(fleet, _hidden(fleet, outcomes), _checked(fleet, own, outcomes))


def _hidden(fleet: Fleet, outcomes: Iterable[Outcome]) -> Iterator[Hidden]:
    yield from fleet.hidden
    for outcome in outcomes:
        yield from outcome.hidden


def _checked(fleet: Fleet, own: OwnRules, outcomes: Sequence[Outcome]) -> set[str]:
    """Return the rules that have seen all that there is for them to see."""
    checked = _ids(READING, fleet_rules.RULES, (KUBERNETES_SUPPORT,), own.of_fleet)
    if len(outcomes) == sum(len(cluster.hubs) for cluster in fleet.clusters):
        if all(outcome.values_seen for outcome in outcomes):
            checked |= _ids(values.RULES, (PAST_DATE,), own.of_values)
        if all(outcome.objects_seen for outcome in outcomes):
            checked |= _ids(RENDERING, manifests.RULES, own.of_objects)
    return checked


def _ids(*groups: Iterable[Rule[Any]]) -> set[str]:
    return {rule.id for group in groups for rule in group}
