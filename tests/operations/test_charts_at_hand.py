"""The charts of a run: each is read and put together once, whoever asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.charts.chart import needed
from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError
from deployer.fleet.load import load
from deployer.operations.charts_at_hand import Charts
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Hub
    from deployer.session import Session


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    fleet = Fleet(tmp_path)
    fleet.chart({"properties": {"a": {"type": "string"}}})
    fleet.write(
        "helm-charts/basehub/values.schema.json", '{"properties": {"jupyterhub": {"type": "object"}}}'
    )
    return fleet


@pytest.fixture
def charts(session: Session, fleet: Fleet) -> Charts:
    return Charts(session=replace(session, chart_mirror=fleet.mirror), root=fleet.root, download=False)


@pytest.fixture
def hub(fleet: Fleet) -> Hub:
    return load(fleet.root)[0].clusters[0].hubs[0]


def test_what_was_read_once_stays_though_the_file_changes(charts: Charts, hub: Hub, fleet: Fleet) -> None:
    umbrella = charts.umbrella(hub)
    complete = charts.complete(umbrella, needed(umbrella.chart, {}))
    fleet.write("helm-charts/basehub/Chart.yaml", "[")
    fleet.chart({})
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: charts.umbrella(hub), range(8)))
    assert all(each is umbrella for each in again)
    assert charts.complete(umbrella, needed(umbrella.chart, {})) is complete


def test_a_schema_has_those_of_the_packages_in_it(charts: Charts, hub: Hub) -> None:
    umbrella = charts.umbrella(hub)
    with_packages = charts.complete(umbrella, needed(umbrella.chart, {}))
    part = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert with_packages.schema == {"properties": {"jupyterhub": part}}
    assert charts.complete(umbrella, []).schema == {"properties": {"jupyterhub": {"type": "object"}}}
    assert [at for at, _ in with_packages.prepared.checkers] == [(), ("jupyterhub",)]


def test_what_failed_fails_again(charts: Charts, hub: Hub, fleet: Fleet) -> None:
    with pytest.raises(DeployerError, match="no such chart: nothing"):
        charts.umbrella(replace(hub, chart="nothing"))
    (fleet.mirror / "jupyterhub/Chart.yaml").unlink()
    umbrella = charts.umbrella(hub)
    for _ in range(2):
        with pytest.raises(ChartUnavailable, match=r"jupyterhub 4\.4\.0"):
            charts.complete(umbrella, needed(umbrella.chart, {}))


def test_a_chart_is_the_same_until_it_is_edited(charts: Charts, hub: Hub, fleet: Fleet) -> None:
    charts.fingerprint(hub)
    assert charts.same(hub)
    fleet.write("helm-charts/basehub/values.yaml", "jupyterhub: {}\n")
    assert not charts.same(hub)
    fleet.write("helm-charts/basehub/Chart.yaml", "[")
    assert not charts.same(hub)
