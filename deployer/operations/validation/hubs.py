"""One hub, or the support of a cluster: charts and values, and the objects that Helm makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.charts.cache import CacheUnusable
from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.model import Hub
from deployer.fleet.problems import ConfigurationError
from deployer.operations.validation.extent import Extent
from deployer.operations.validation.findings import HubFindings, SupportFindings
from deployer.operations.validation.report import Outcome
from deployer.rules.dates import past_dates
from deployer.tools.process import ProgramFailed, ProgramMissing

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Fleet, Installed
    from deployer.fleet.problems import Problem
    from deployer.operations.validation.extent import Look
    from deployer.operations.validation.findings import ReleaseFindings
    from deployer.operations.validation.work import Work

_LONGEST_MESSAGE = 300


def check(work: Work, look: Look) -> Outcome:
    """Return what is wrong with a release, beyond its files, as far as it is to be looked at."""
    cluster, hub, extent = look.cluster, look.hub, look.extent
    if work.session.interruption.requested or extent is Extent.NOTHING:
        return Outcome(hub=hub)
    complete = extent > Extent.PART
    findings = (
        HubFindings(work=work, cluster=cluster, hub=hub, complete=complete)
        if isinstance(hub, Hub)
        else SupportFindings(work=work, cluster=cluster, hub=hub, complete=complete)
    )
    try:
        found = findings.in_values()
    except ChartUnavailable as error:
        missing = tuple(f"not checked: {package}; {error.hint}" for package in error.reasons)
        return Outcome(hub=hub, not_checked=missing)
    except CacheUnusable as error:
        missing = (f"not checked: what charts make of hubs; {error.message}; {error.hint}",)
        return Outcome(hub=hub, not_checked=missing)
    except DeployerError as error:
        failures = _failures(work.fleet, hub, error, "chart-package")
        return Outcome(hub=hub).having(failures, work.fleet.ignores, cluster)
    outcome = Outcome(hub=hub, notices=found.notices, values_seen=complete)
    dates = past_dates(hub, work.session.clock()) if isinstance(hub, Hub) else ()
    outcome = outcome.having((*found.problems, *dates), work.fleet.ignores, cluster)
    if not work.render:
        return outcome
    if extent is not Extent.ALL or outcome.stops(work.baseline):
        return replace(outcome, objects_wait=True)
    return _check_objects(work, cluster, findings, outcome)


def _check_objects(work: Work, cluster: Cluster, findings: ReleaseFindings, outcome: Outcome) -> Outcome:
    try:
        found = findings.in_objects()
    except Interrupted:
        return outcome
    except ProgramMissing as error:
        return replace(outcome, not_checked=(f"not rendered: {error.message}; {error.hint}",))
    except ProgramFailed as error:
        return outcome.having((_short(findings.refused(error)),), work.fleet.ignores, cluster)
    except DeployerError as error:
        failures = _failures(work.fleet, outcome.hub, error, "render")
        return outcome.having(failures, work.fleet.ignores, cluster)
    outcome = outcome.having(found.problems, work.fleet.ignores, cluster)
    return replace(outcome, objects_seen=True, notices=(*outcome.notices, *found.notices))


def _failures(fleet: Fleet, hub: Installed, error: DeployerError, rule: str) -> tuple[Problem, ...]:
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    if problems and all((fleet.root / each.path).is_file() for each in problems):
        return problems  # in files of a chart that the fleet has itself
    # Where the fleet lies differs between machines, and the problem is the same.
    said = "; ".join(map(str, problems)) or error.message
    message = " ".join(said.replace(f"{fleet.root}/", "").split())
    return (_short(hub.document.problem((*hub.at, "helm_chart"), message, rule)),)


def _short(problem: Problem) -> Problem:
    if len(problem.message) <= _LONGEST_MESSAGE:
        return problem
    return replace(problem, message=f"{problem.message[:_LONGEST_MESSAGE]} ...")
