"""Rules as the others are, made of a fleet's rule files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from deployer.fleet.rule import Placing, Rule, as_found
from deployer.rules.own.cases import Case, of_fleet, of_hub, of_objects
from deployer.rules.own.definition import Definition, Kind, Undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

S = TypeVar("S")

_CASES: dict[Kind, Callable[[Any, KeyPath, str], Iterator[Case]]] = {
    "cluster": of_fleet,
    "hub": of_hub,
    "object": of_objects,
}


@dataclass(frozen=True, kw_only=True)
class OwnRule(Rule[S]):
    """A rule of the fleet's own."""

    definition: Definition

    def problems(self, subject: S, placed: Placing = as_found) -> Iterator[Problem]:
        """Return what is wrong with a subject, or with the rule when it has no answer about it."""
        data = self.definition.document.data
        for case in _CASES[self.definition.kind](subject, self.definition.at, data["message"]):
            try:
                holds = self.definition.holds(case.variables, case.budget)
            except Undecided as error:
                yield self.definition.problem((error.key,), f"{case.about}{error}")
                if case.about and self.definition.kind == "object":
                    return  # the next object would say the same
                continue
            if holds is False:
                yield self.problem(placed(case.finding))


def own_rule(definition: Definition) -> OwnRule[Any]:
    """Return the rule of a definition."""
    data = definition.document.data
    return OwnRule(
        id=definition.id,
        severity=data["severity"],
        summary=data["summary"].strip(),
        why=data.get("why", "").strip(),
        definition=definition,
    )
