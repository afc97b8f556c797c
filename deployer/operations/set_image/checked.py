"""An edited fleet held against what it was: new errors stop the edit, new warnings are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.load import select_cluster, select_hubs
from deployer.fleet.problems import counted, identity
from deployer.operations.validation.extent import Look
from deployer.operations.validation.hubs import check
from deployer.operations.validation.report import with_hubs
from deployer.operations.validation.work import Work
from deployer.rules.baseline import NOTHING_KNOWN, Baseline
from deployer.rules.own.load import own_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.problems import Problem
    from deployer.rules.own.load import OwnRules
    from deployer.session import Session

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A fleet, and what is wrong with its files."""

    fleet: Fleet
    problems: tuple[Problem, ...]


def checked(
    session: Session, before: Loaded, after: Loaded, hubs: Sequence[tuple[Cluster, Hub]]
) -> tuple[str, ...]:
    """Check files, and the values of hubs, before and after an edit; return what is worth knowing.

    Raises:
        DeployerError: there are errors that were not there before.
    """
    own = own_rules(before.fleet.root)
    known, _ = _problems(session, before, hubs, own)
    found, notices = _problems(session, after, hubs, own)
    new = Baseline(counts=Counter(map(identity, known))).compare(sorted(found)).new
    errors = [str(each) for each in new if each.severity == "error"]
    if errors:
        shown = "\n".join(f"  {each}" for each in errors[:_SHOWN])
        more = f"\n  and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise DeployerError(
            f"nothing is written, since there would be {counted(len(errors), 'new error')}:\n{shown}{more}",
            hint="name an image that the fleet's rules allow",
        )
    return (*(str(each) for each in new), *notices)


def _problems(
    session: Session, loaded: Loaded, hubs: Iterable[tuple[Cluster, Hub]], own: OwnRules
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Return all problems, and what could not be looked at."""
    fleet, of_own = own.asked(loaded.fleet)
    work = Work(session=session, fleet=fleet, baseline=NOTHING_KNOWN, own=own, render=False)
    outcomes = [check(work, _counterpart(fleet, *each)) for each in hubs]
    missing = dict.fromkeys(each for outcome in outcomes for each in outcome.not_checked)
    return (*loaded.problems, *of_own, *with_hubs(outcomes)), tuple(missing)


def _counterpart(fleet: Fleet, cluster: Cluster, hub: Hub) -> Look:
    chosen = select_cluster(fleet, cluster.name)
    return Look(cluster=chosen, hub=select_hubs(chosen, [hub.name])[0])
