"""What a real fleet says of the support of its clusters: all of it is taken, or what takes its place is told.

`DEPLOYER_FLEET` names the fleet, and `DEPLOYER_SUPPORT_MIRROR` a mirror with the charts that `support` pins.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.fleet.manifests import objects
from deployer.fleet.model import Organisation
from deployer.operations.render import Rendered, handed, manifests, rendered
from deployer.render.paths import look_up
from deployer.rules import manifests as rules
from deployer.rules import support
from deployer.rules.subjects import ReleaseObjects, ReleaseValues
from tests.charts.making import built_helm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from deployer.fleet.model import Cluster
    from deployer.session import Session

FLEET = os.environ.get("DEPLOYER_FLEET")
MIRROR = os.environ.get("DEPLOYER_SUPPORT_MIRROR")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(FLEET is None, reason="DEPLOYER_FLEET names no real fleet"),
    pytest.mark.skipif(MIRROR is None, reason="DEPLOYER_SUPPORT_MIRROR names no chart mirror"),
]
OPEN = {
    ("grafana", "grafana.ini"),
    ("prometheus", "server", "persistentVolume"),
    ("prometheus", "server", "resources"),
    ("prometheus", "serverFiles"),
}
"""Maps with keys for which a chart has no default: settings of a program, files, quantities, disks."""


@pytest.fixture(scope="module")
def clusters() -> tuple[Cluster, ...]:
    """The clusters whose support has files, with the address that is no part of this fleet's files."""
    fleet, _ = load(Path(str(FLEET)).absolute())
    known = Organisation(contact="ops@example.org")
    return tuple(replace(each, organisation=known) for each in fleet.clusters if each.support_files)


@pytest.fixture
def session(session: Session) -> Session:
    return replace(session, chart_mirror=Path(str(MIRROR)).absolute())


def releases(session: Session, clusters: tuple[Cluster, ...]) -> Iterator[tuple[Cluster, Rendered]]:
    fleet, _ = load(Path(str(FLEET)).absolute())
    for cluster in clusters:
        release = rendered(session, fleet, cluster, cluster.support, decrypt=False, download=False)
        yield cluster, release


def test_every_support_is_right_and_each_key_without_effect_has_its_counterpart(
    session: Session, clusters: tuple[Cluster, ...]
) -> None:
    assert clusters
    for cluster, release in releases(session, clusters):
        values = _values(cluster, release)
        problems = [each for rule in support.RULES for each in rule.problems(values)]
        assert {each.rule for each in problems} <= {"no-effect"}, cluster.name
        assert all(" has no effect: " in each.message for each in problems)
        told = {each.message.partition("`")[2].partition("`")[0] for each in problems}
        unread = {at for at in _unread(cluster, values) if ".".join(at) not in told}
        assert unread == set(), cluster.name


def test_every_support_makes_objects_that_its_cluster_takes(
    session: Session, clusters: tuple[Cluster, ...], repository: Path
) -> None:
    helm = built_helm(repository, "helm")
    for cluster, release in releases(session, clusters):
        text = manifests(session, release, helm=helm, values=handed(release))
        subject = ReleaseObjects(release=_values(cluster, release), objects=tuple(objects(text)))
        problems = [each for rule in rules.OF_SUPPORT for each in rule.problems(subject)]
        assert [str(each) for each in problems] == [], cluster.name


def _values(cluster: Cluster, release: Rendered) -> ReleaseValues:
    return ReleaseValues(
        cluster=cluster,
        owner=cluster.support,
        chart=release.chart,
        merged=release.merged,
        handed=release.values_for_helm,
    )


def _unread(cluster: Cluster, values: ReleaseValues) -> set[tuple[str, ...]]:
    """Return the paths in the cluster's files for which no chart has a default: nothing reads them."""
    found: set[tuple[str, ...]] = set()
    for file in cluster.support_files:
        found |= set(_paths(file.document.data, values, ()))
    return found


def _paths(said: Mapping[str, Any], values: ReleaseValues, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    of_chart = values.merged.layers[0].values
    for key, value in said.items():
        here = (*at, key)
        default = (
            values.default(*here) if at else {package.name: 1 for package in values.chart.packages}.get(key)
        )
        if default is None and look_up(of_chart, here) is None and not _is_known(values, here):
            yield here
        elif isinstance(value, dict) and here not in OPEN:
            yield from _paths(value, values, here)


def _is_known(values: ReleaseValues, at: tuple[str, ...]) -> bool:
    """Whether a package has the key with nothing in it."""
    above = values.default(*at[:-1]) if len(at) > 1 else None
    return isinstance(above, dict) and at[-1] in above
