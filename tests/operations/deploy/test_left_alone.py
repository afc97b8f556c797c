"""When a release is left alone: it is just what is wanted, or it was never ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.charts.assemble import PreparedChart
from deployer.operations.deploy import releases
from deployer.operations.deploy.left_alone import LeftAlone, left_alone
from deployer.operations.render import Rendered
from deployer.render.merge import Layer, merge
from tests.operations.fake_api import FakeApi
from tests.render import fleets

LEASE = "/apis/coordination.k8s.io/v1/namespaces/support/leases/deployer"
GOOD, CHART = "deployer.dev/good-revisions", "deployer.dev/good-chart"
VALUES: dict[str, Any] = {"size": 1073741824, "share": 1.0, "on": True, "off": None, "names": ["ä", 2]}


def wanted(values: dict[str, Any] | None = None, chart: str = "abc") -> Rendered:
    merged = merge([Layer(name="chart defaults", values=VALUES if values is None else values)])
    return Rendered(
        owner=fleets.cluster("gcp").support,
        host="",
        chart=PreparedChart(path=Path(f"/cache/{chart}/support"), packages=()),
        kube_version="1.34",
        merged=merged,
        values_for_helm=VALUES if values is None else values,
    )


def cluster(
    *, good: str = "1,3", chart: str | None = "abc", status: str = "deployed", number: int = 3
) -> FakeApi:
    """A cluster whose release is as Helm keeps it; its Lease says what is given."""
    api = FakeApi()
    stored = {"config": {**VALUES, "share": 1}}
    api.put(
        f"/api/v1/namespaces/support/secrets/sh.helm.release.v1.support.v{number}",
        {
            "metadata": {"labels": {"version": str(number), "status": status}},
            "data": {"release": releases.encoded(stored)},
        },
    )
    annotations = {GOOD: good} | ({CHART: chart} if chart else {})
    api.put(LEASE, {"metadata": {"annotations": annotations}, "spec": {}})
    return api


def test_what_runs_just_as_it_is_wanted_is_left_alone() -> None:
    api = cluster()
    assert left_alone(api.api, wanted()) == LeftAlone(why="unchanged", revision=3)
    assert api.calls == []


@pytest.mark.parametrize(
    "other",
    [
        cluster(chart="abd"),
        cluster(chart=None),
        cluster(status="failed"),
        cluster(status="pending-upgrade"),
        cluster(good="1,2"),
        cluster(good=""),
        FakeApi(),
    ],
    ids=["chart", "rolled back", "failed", "at work", "not good", "never good", "missing"],
)
def test_what_is_missing_or_did_not_prove_good_as_it_is_is_deployed(other: FakeApi) -> None:
    assert left_alone(other.api, wanted()) is None


@pytest.mark.parametrize(
    "change",
    [{"size": 1}, {"on": 1}, {"on": False}, {"names": ["ä"]}, {"new": "x"}, {"off": {}}],
)
def test_values_that_differ_are_deployed(change: dict[str, Any]) -> None:
    assert left_alone(cluster().api, wanted({**VALUES, **change})) is None


def test_a_release_on_which_no_deploy_of_ours_was_at_work_is_somebody_elses() -> None:
    api = cluster()
    del api.objects[LEASE]
    assert left_alone(api.api, wanted()) == LeftAlone(why="somebody else's", revision=3)
