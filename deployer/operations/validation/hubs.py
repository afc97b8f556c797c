"""One hub: its charts and values, and the objects that Helm makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.manifests import objects
from deployer.operations.charts_at_hand import Charts
from deployer.operations.render import manifests, rendered
from deployer.operations.validation.report import Outcome
from deployer.rules import manifests as manifest_rules
from deployer.rules import values as values_rules
from deployer.rules.subjects import HubObjects, HubValues
from deployer.tools.helm import find_helm
from deployer.tools.process import ProgramMissing, programs

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.problems import Problem
    from deployer.operations.render import Rendered
    from deployer.rules.baseline import Baseline
    from deployer.rules.own.load import OwnRules
    from deployer.session import Session
    from deployer.tools.helm import Helm

_LONGEST_MESSAGE = 300


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the hubs of one run have in common."""

    session: Session
    fleet: Fleet
    baseline: Baseline
    own: OwnRules
    render: bool

    @cached_property
    def charts(self) -> Charts:
        """The charts, of which nothing is downloaded."""
        return Charts(session=self.session, root=self.fleet.root, download=False)

    @cached_property
    def helm(self) -> Helm:
        """The installed Helm, asked for its version once."""
        return find_helm(programs(self.session))


def check(work: Work, chosen: tuple[Cluster, Hub]) -> Outcome:
    """Return what is wrong with a hub, beyond the files that it is made of."""
    cluster, hub = chosen
    if work.session.interruption.requested:
        return Outcome(hub=hub)
    try:
        release = rendered(work.session, work.fleet, cluster, hub, decrypt=False, charts=work.charts)
    except ChartUnavailable as error:
        missing = tuple(f"not checked: {package}; {error.hint}" for package in error.reasons)
        return Outcome(hub=hub, not_checked=missing)
    except DeployerError as error:
        failure = _failure(work.fleet, hub, error, "chart-package")
        return Outcome(hub=hub).having((failure,), work.fleet.ignores, cluster)
    subject = HubValues(
        fleet=work.fleet,
        cluster=cluster,
        hub=hub,
        host=release.host,
        chart=release.chart,
        merged=release.merged,
        handed=release.values_for_helm,
    )
    rules = (*values_rules.RULES, *work.own.of_values)
    problems = tuple(problem for rule in rules for problem in rule.problems(subject))
    outcome = Outcome(hub=hub, notices=release.chart.notices, values_seen=True)
    outcome = outcome.having(problems, work.fleet.ignores, cluster)
    if not work.render or outcome.stops(work.baseline):
        return outcome
    return _check_objects(work, release, subject, outcome)


def _check_objects(work: Work, release: Rendered, subject: HubValues, outcome: Outcome) -> Outcome:
    try:
        text = manifests(work.session, release, helm=work.helm)
        rendered_objects = HubObjects(release=subject, objects=objects(text))
    except Interrupted:
        return outcome
    except ProgramMissing as error:
        return replace(outcome, not_checked=(f"not rendered: {error.message}; {error.hint}",))
    except DeployerError as error:
        failure = _failure(work.fleet, release.hub, error, "render")
        return outcome.having((failure,), work.fleet.ignores, subject.cluster)
    rules = (*manifest_rules.RULES, *work.own.of_objects)
    found = (problem for rule in rules for problem in rule.problems(rendered_objects))
    outcome = outcome.having(found, work.fleet.ignores, subject.cluster)
    told = (*outcome.notices, *manifest_rules.notices(rendered_objects))
    return replace(outcome, objects_seen=True, notices=told)


def _failure(fleet: Fleet, hub: Hub, error: DeployerError, rule: str) -> Problem:
    # Where the fleet lies differs between machines, and the problem is the same.
    message = " ".join(error.message.replace(f"{fleet.root}/", "").split())
    shortened = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]} ..."
    return hub.document.problem((*hub.at, "helm_chart"), shortened, rule)
