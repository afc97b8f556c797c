"""All rules of a fleet's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule_files import rule_files
from deployer.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet
    from deployer.fleet.problems import Problem
    from deployer.fleet.rule import Rule
    from deployer.rules.subjects import HubObjects, HubValues


@dataclass(frozen=True, kw_only=True)
class OwnRules:
    """Rules by what they look at, and what is wrong with the files of others.

    `ids` has those of all files: who ignores a rule that is broken for now ignores a rule. `digests` stand
    for what these files say.
    """

    of_fleet: tuple[Rule[Fleet], ...] = ()
    of_values: tuple[Rule[HubValues], ...] = ()
    of_objects: tuple[Rule[HubObjects], ...] = ()
    ids: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def rules(self) -> tuple[Rule[Any], ...]:
        """All that can be used, by id."""
        found: tuple[Rule[Any], ...] = (*self.of_fleet, *self.of_values, *self.of_objects)
        return tuple(sorted(found, key=lambda rule: rule.id))

    def asked(self, fleet: Fleet) -> tuple[Fleet, tuple[Problem, ...]]:
        """Return what is wrong with rule files and clusters, and the fleet with what it ignores of that."""
        found = [problem for rule in self.of_fleet for problem in rule.problems(fleet)]
        kept, hidden = fleet.ignores.sift(found)
        return replace(fleet, hidden=(*fleet.hidden, *hidden)), (*self.problems, *kept)


def own_rules(root: Path) -> OwnRules:
    """Return the rules of a fleet, tried on their examples."""
    documents, problems = rule_files(root)
    if not documents:
        return OwnRules(problems=problems)
    # The library takes a quarter of a second, which only they pay who use it.
    from deployer.rules.own.definition import define
    from deployer.rules.own.rules import own_rule

    taken = {rule.id for rule in RULES}
    unusable = {problem.path for problem in problems}
    found = []
    for document in documents:
        if document.name not in unusable:
            definition, wrong = define(document, taken)
            problems += wrong
            found += [own_rule(definition)] if definition else []
    of = {kind: tuple(rule for rule in found if rule.definition.kind == kind) for kind in _KINDS}
    return OwnRules(
        of_fleet=of["cluster"],
        of_values=of["hub"],
        of_objects=of["object"],
        ids=tuple(document.path.stem for document in documents),
        digests=tuple(document.digest for document in documents),
        problems=problems,
    )


_KINDS = ("cluster", "hub", "object")
