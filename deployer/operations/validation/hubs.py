"""One hub: its charts and values, and the objects that Helm makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.manifests import objects
from deployer.operations.render import manifests, rendered
from deployer.operations.validation.report import Outcome
from deployer.rules import manifests as manifest_rules
from deployer.rules import values as values_rules
from deployer.rules.subjects import HubObjects, HubValues
from deployer.tools.process import ProgramMissing

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.problems import Problem
    from deployer.operations.render import Rendered
    from deployer.rules.baseline import Baseline
    from deployer.session import Session

_LONGEST_MESSAGE = 300


def check(
    session: Session, fleet: Fleet, baseline: Baseline, chosen: tuple[Cluster, Hub], *, render: bool
) -> Outcome:
    """Return what is wrong with a hub, beyond the files that it is made of."""
    cluster, hub = chosen
    if session.interruption.requested:
        return Outcome(hub=hub)
    try:
        release = rendered(session, fleet, cluster, hub, decrypt=False, download=False)
    except ChartUnavailable as error:
        missing = tuple(f"not checked: {package}; {error.hint}" for package in error.reasons)
        return Outcome(hub=hub, not_checked=missing)
    except DeployerError as error:
        failure = _failure(fleet, hub, error, "chart-package")
        return Outcome(hub=hub).having((failure,), fleet.ignores, cluster)
    subject = HubValues(
        fleet=fleet,
        cluster=cluster,
        hub=hub,
        host=release.host,
        chart=release.chart,
        merged=release.merged,
        handed=release.values_for_helm,
    )
    problems = tuple(problem for rule in values_rules.RULES for problem in rule.problems(subject))
    outcome = Outcome(hub=hub, notices=release.chart.notices, values_seen=True)
    outcome = outcome.having(problems, fleet.ignores, cluster)
    if not render or outcome.stops(baseline):
        return outcome
    return _check_objects(session, release, subject, outcome)


def _check_objects(session: Session, release: Rendered, subject: HubValues, outcome: Outcome) -> Outcome:
    try:
        rendered_objects = HubObjects(release=subject, objects=objects(manifests(session, release)))
    except Interrupted:
        return outcome
    except ProgramMissing as error:
        return replace(outcome, not_checked=(f"not rendered: {error.message}; {error.hint}",))
    except DeployerError as error:
        failure = _failure(subject.fleet, release.hub, error, "render")
        return outcome.having((failure,), subject.fleet.ignores, subject.cluster)
    found = (problem for rule in manifest_rules.RULES for problem in rule.problems(rendered_objects))
    outcome = outcome.having(found, subject.fleet.ignores, subject.cluster)
    return replace(outcome, objects_seen=True)


def _failure(fleet: Fleet, hub: Hub, error: DeployerError, rule: str) -> Problem:
    # Where the fleet lies differs between machines, and the problem is the same.
    message = " ".join(error.message.replace(f"{fleet.root}/", "").split())
    shortened = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]} ..."
    return hub.document.problem((*hub.at, "helm_chart"), shortened, rule)
