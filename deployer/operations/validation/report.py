"""What a validation has found, hub by hub and as a whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deployer.fleet.model import SUPPORT, Hub

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.ignores import Hidden, Ignores
    from deployer.fleet.model import Cluster, Installed
    from deployer.fleet.problems import Problem
    from deployer.fleet.rule import Rule
    from deployer.operations.validation.changes import Changes
    from deployer.rules.baseline import Baseline

_NAMED_HUBS = 3


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found. `not_checked` names what could not be looked at, and what would help.

    `clusters` and `hubs` are how many were checked. `changes` is why only those, when changes decided it.
    `ignored` is how many problems are known and accepted in the files themselves, `in_baseline` how many a
    baseline has; neither are among these. `complete` says that nothing of the fleet was left out.
    `own_rules` are those of the fleet that were asked beside the catalogue's.
    """

    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    not_checked: tuple[str, ...]
    clusters: int
    hubs: int
    ignored: int = 0
    in_baseline: int = 0
    complete: bool = False
    changes: Changes | None = None
    own_rules: tuple[Rule[Any], ...] = field(default=(), repr=False)

    @property
    def errors(self) -> int:
        """How many problems stop a deploy."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems do not."""
        return len(self.problems) - self.errors

    @property
    def ok(self) -> bool:
        """Whether everything was checked and nothing stops a deploy."""
        return not self.errors and not self.not_checked

    def summary(self) -> dict[str, Any]:
        """Return the report as plain data (report.schema.json)."""
        return {
            "ok": self.ok,
            "clusters": self.clusters,
            "hubs": self.hubs,
            "errors": self.errors,
            "warnings": self.warnings,
            "ignored": self.ignored,
            "in_baseline": self.in_baseline,
            "problems": [asdict(problem) for problem in self.problems],
            "not_checked": list(self.not_checked),
            "notices": list(self.notices),
            "changes": self.changes.summary() if self.changes else None,
        }


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the charts say about one hub, or about the support of a cluster, and the ignored part, `hidden`.

    `values_seen` and `objects_seen` tell whether the rules about its values and its objects were all asked,
    `objects_wait` that those about its objects were not, for errors that come first.
    """

    hub: Installed
    problems: tuple[Problem, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    notices: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    values_seen: bool = False
    objects_seen: bool = False
    objects_wait: bool = False

    def having(self, problems: Iterable[Problem], ignores: Ignores, cluster: Cluster) -> Outcome:
        """Return this with more problems, without those that are ignored."""
        kept, hidden = ignores.sift(problems, (cluster.name, self.hub.name))
        return replace(self, problems=(*self.problems, *kept), hidden=(*self.hidden, *hidden))

    def stops(self, baseline: Baseline) -> bool:
        """Whether something is wrong that makes it vain to look further."""
        errors = (problem for problem in self.problems if problem.severity == "error")
        return not all(baseline.accepts(error, self.hub.name) for error in errors)


def with_hubs(outcomes: Iterable[Outcome]) -> list[Problem]:
    """Return each problem once, with the hubs that have it: many may share a file."""
    owners: dict[Problem, list[Installed]] = defaultdict(list)
    for outcome in outcomes:
        for problem in dict.fromkeys(outcome.problems):
            owners[problem].append(outcome.hub)
    return [
        replace(problem, message=f"{_named(found)}: {problem.message}") for problem, found in owners.items()
    ]


def _named(owners: list[Installed]) -> str:
    hubs = [each.name for each in owners if isinstance(each, Hub)]
    if len(hubs) < len(owners):
        return " and ".join([SUPPORT, *([_named_hubs(hubs)] if hubs else [])])
    return _named_hubs(hubs)


def _named_hubs(hubs: list[str]) -> str:
    named = ", ".join(f"`{hub}`" for hub in hubs[:_NAMED_HUBS])
    more = len(hubs) - _NAMED_HUBS
    return f"hub{'s' if len(hubs) > 1 else ''} {named}" + (f" and {more} more" if more > 0 else "")
