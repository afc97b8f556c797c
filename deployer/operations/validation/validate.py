"""Checking a fleet without any cluster, credential or key: its files, its charts, what Helm makes of them."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from deployer.fleet import versions
from deployer.fleet.load import load, select_cluster, select_hubs
from deployer.fleet.model import Support
from deployer.operations.validation.cache import Cache
from deployer.operations.validation.changes import changes_since
from deployer.operations.validation.extent import looks, unbuilt
from deployer.operations.validation.extent import notices as about_extent
from deployer.operations.validation.hubs import check
from deployer.operations.validation.ignores import about_ignores, ignored
from deployer.operations.validation.report import Report, with_hubs
from deployer.operations.validation.work import Work
from deployer.rules.baseline import NOTHING_KNOWN
from deployer.rules.kubernetes_support import supported
from deployer.rules.own.load import own_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.validation.extent import Look
    from deployer.operations.validation.report import Outcome
    from deployer.rules.baseline import Baseline
    from deployer.session import Session


def validate(
    session: Session,
    root: Path,
    *,
    cluster: str | None = None,
    hubs: Iterable[str] = (),
    skip_charts: bool = False,
    render: bool = True,
    jobs: int | None = None,
    changed_since: str | None = None,
    baseline: Baseline = NOTHING_KNOWN,
    cached: bool = True,
    edited: Mapping[Path, bytes] | None = None,
) -> Report:
    """Check a fleet, one cluster of it, or hubs of that cluster.

    With `changed_since`, a git revision, only those hubs that changes since then reach; the fleet's files are
    all read and compared even so.

    With `skip_charts`, a chart that is not at hand is a notice. Without `render`, Helm is not asked and the
    objects are not looked at. `jobs` hubs are rendered at once; as many as there are processors when it is
    None. What the `baseline` has keeps no hub from being looked at further; it is reported all the same.
    What was found before about a hub is taken from the cache directory, unless `cached` is False. `edited` is
    the content that some files are to have.
    """
    fleet, problems = load(root, state=session.state, only=cluster, edited=edited)
    own = own_rules(fleet.root)
    fleet, of_own = own.asked(fleet)
    fleet, of_versions = supported(fleet, session.clock().date())
    chosen = _chosen(fleet, cluster, hubs)
    whole = cluster is None and changed_since is None
    changes = None
    if changed_since is not None:
        changes = changes_since(session, fleet, chosen, changed_since)
        chosen = [(each.cluster, each.hub) for each in changes.reached]
    wrong = [each for each in problems if each.severity == "error" and not baseline.accepts(each)]
    cache = Cache(directory=session.cache / "validate") if cached else None
    work = Work(session=session, fleet=fleet, baseline=baseline, own=own, render=render, cache=cache)
    clusters = () if changes or hubs else fleet.clusters
    # Few, so that they are looked at whatever has changed.
    supports = () if hubs else [each for each in fleet.clusters if each.support.declared]
    looked = looks(fleet, chosen, wrong, supports)
    outcomes = _outcomes(work, looked, jobs)
    nameless = [each for some in clusters if cluster in (None, some.name) for each in unbuilt(some)]
    not_checked = _once(each.not_checked for each in outcomes if not isinstance(each.hub, Support))
    notices = (
        # Hubs do without it, and other fleets have a chart of their own for that.
        *_once(each.not_checked for each in outcomes if isinstance(each.hub, Support)),
        *versions.notices(fleet),
        *_assumed_versions(chosen),
        *_once(outcome.notices for outcome in outcomes),
        *about_extent(zip(looked, (each.objects_wait for each in outcomes), strict=True), nameless),
    )
    of_ignores = about_ignores(fleet, own, problems, outcomes, whole=whole)
    found = {*problems, *of_own, *of_versions, *with_hubs(outcomes), *of_ignores}
    return Report(
        problems=tuple(sorted(found)),
        notices=(*notices, *not_checked) if skip_charts else notices,
        not_checked=() if skip_charts else not_checked,
        clusters=len(fleet.clusters),
        hubs=len(chosen),
        ignored=ignored(fleet, outcomes),
        complete=whole and all(each.objects_seen for each in outcomes),
        changes=changes,
        own_rules=own.rules,
    )


def _outcomes(work: Work, looked: Iterable[Look], jobs: int | None) -> tuple[Outcome, ...]:
    try:
        with _fleet_at_rest(), ThreadPoolExecutor(max_workers=jobs or os.cpu_count()) as pool:
            outcomes = tuple(pool.map(partial(check, work), looked))
    finally:
        work.finish()
    work.session.interruption.check()
    return outcomes


@contextmanager
def _fleet_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking the fleet again and again: a quarter of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _chosen(fleet: Fleet, cluster: str | None, hubs: Iterable[str]) -> list[tuple[Cluster, Hub]]:
    if cluster is None:
        return [(each, hub) for each in fleet.clusters for hub in each.hubs]
    chosen = select_cluster(fleet, cluster)
    return [(chosen, hub) for hub in select_hubs(chosen, hubs)]


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
