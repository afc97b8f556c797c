"""Checking a fleet without any cluster, credential or key: its files, its charts, what Helm makes of them."""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.load import load, select_cluster, select_hubs
from deployer.operations.render import manifests, objects, rendered
from deployer.rules import manifests as manifest_rules
from deployer.rules import values as values_rules
from deployer.rules.subjects import HubObjects, HubValues
from deployer.tools.process import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.problems import Problem
    from deployer.operations.render import Rendered
    from deployer.session import Session

_NAMED_HUBS = 3
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found. `not_checked` names what could not be looked at, and what would help.

    `clusters` and `hubs` are how many were checked.
    """

    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    not_checked: tuple[str, ...]
    clusters: int
    hubs: int

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
            "problems": [asdict(problem) for problem in self.problems],
            "not_checked": list(self.not_checked),
            "notices": list(self.notices),
        }


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What the charts say about one hub."""

    hub: Hub
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()


def validate(
    session: Session,
    root: Path,
    *,
    cluster: str | None = None,
    hubs: Iterable[str] = (),
    skip_charts: bool = False,
    render: bool = True,
    jobs: int | None = None,
) -> Report:
    """Check a fleet, one cluster of it, or hubs of that cluster.

    With `skip_charts`, a chart that is not at hand is a notice. Without `render`, Helm is not asked and the
    objects are not looked at. `jobs` hubs are rendered at once; as many as there are processors when it is
    None.
    """
    fleet, problems = load(root, state=session.state, only=cluster)
    chosen = _chosen(fleet, cluster, hubs)
    broken = {problem.path for problem in problems if problem.severity == "error"}
    check = partial(_check, session, fleet, render=render)
    with ThreadPoolExecutor(max_workers=jobs or os.cpu_count()) as pool:
        outcomes = tuple(pool.map(check, (each for each in chosen if not _files(each[1]) & broken)))
    session.interruption.check()
    not_checked = _once(outcome.not_checked for outcome in outcomes)
    notices = (*_assumed_versions(chosen), *_once(outcome.notices for outcome in outcomes))
    return Report(
        problems=tuple(sorted({*problems, *_with_hubs(outcomes)})),
        notices=(*notices, *not_checked) if skip_charts else notices,
        not_checked=() if skip_charts else not_checked,
        clusters=len(fleet.clusters),
        hubs=len(chosen),
    )


def _chosen(fleet: Fleet, cluster: str | None, hubs: Iterable[str]) -> list[tuple[Cluster, Hub]]:
    if cluster is None:
        return [(each, hub) for each in fleet.clusters for hub in each.hubs]
    chosen = select_cluster(fleet, cluster)
    return [(chosen, hub) for hub in select_hubs(chosen, hubs)]


def _files(hub: Hub) -> set[str]:
    """Return the names of all files that make a hub: with an error in one, its values mean nothing."""
    documents = [*(file.document for file in hub.values_files), *(preset.document for preset in hub.presets)]
    return {hub.document.name, *(document.name for document in documents)}


def _check(session: Session, fleet: Fleet, chosen: tuple[Cluster, Hub], *, render: bool) -> _Outcome:
    cluster, hub = chosen
    if session.interruption.requested:
        return _Outcome(hub=hub)
    try:
        release = rendered(session, fleet, cluster, hub, decrypt=False, download=False)
    except ChartUnavailable as error:
        missing = tuple(f"not checked: {package}; {error.hint}" for package in error.reasons)
        return _Outcome(hub=hub, not_checked=missing)
    except DeployerError as error:
        return _Outcome(hub=hub, problems=(_failure(hub, error, "chart-package"),))
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
    outcome = _Outcome(hub=hub, problems=problems, notices=release.chart.notices)
    if not render or any(problem.severity == "error" for problem in problems):
        return outcome
    return _check_objects(session, release, subject, outcome)


def _check_objects(session: Session, release: Rendered, subject: HubValues, outcome: _Outcome) -> _Outcome:
    try:
        text = manifests(session, release)
    except Interrupted:
        return outcome
    except ProgramMissing as error:
        return replace(outcome, not_checked=(f"not rendered: {error.message}; {error.hint}",))
    except DeployerError as error:
        return replace(outcome, problems=(*outcome.problems, _failure(release.hub, error, "render")))
    rendered_objects = HubObjects(release=subject, objects=objects(text))
    found = (problem for rule in manifest_rules.RULES for problem in rule.problems(rendered_objects))
    return replace(outcome, problems=(*outcome.problems, *found))


def _failure(hub: Hub, error: DeployerError, rule: str) -> Problem:
    message = " ".join(error.message.split())
    shortened = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]} ..."
    return hub.document.problem((*hub.at, "helm_chart"), shortened, rule)


def _with_hubs(outcomes: Iterable[_Outcome]) -> Iterable[Problem]:
    """Return each problem once, with the hubs that have it: many may share a file."""
    hubs: dict[Problem, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for problem in dict.fromkeys(outcome.problems):
            hubs[problem].append(outcome.hub.name)
    return [
        replace(problem, message=f"{_named(names)}: {problem.message}") for problem, names in hubs.items()
    ]


def _named(hubs: list[str]) -> str:
    named = ", ".join(f"`{hub}`" for hub in hubs[:_NAMED_HUBS])
    more = len(hubs) - _NAMED_HUBS
    return f"hub{'s' if len(hubs) > 1 else ''} {named}" + (f" and {more} more" if more > 0 else "")


def _assumed_versions(chosen: Iterable[tuple[Cluster, Hub]]) -> tuple[str, ...]:
    clusters = {cluster.name: cluster for cluster, _ in chosen if cluster.kubernetes_version_assumed}
    if not clusters:
        return ()
    version = next(iter(clusters.values())).kubernetes_version
    which = "one cluster" if len(clusters) == 1 else f"{len(clusters)} clusters"
    advice = "write `kubernetes_version` in cluster.yaml, or under `defaults` in config/org.yaml"
    return (f"Kubernetes {version} is assumed for {which}: {advice}",)


def _once(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
