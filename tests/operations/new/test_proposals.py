"""What is proposed for a new hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load, select_cluster
from deployer.operations.new import proposals

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet

CLUSTER = "name: {0}\nprovider: {1}\nhubs: [{2}]\n"
HUB = "{{name: {0}, domain: {1}, helm_chart: basehub, helm_chart_values_files: []}}"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    hubs = {
        "alps": HUB.format("staging", "staging.alpine.example.org"),
        "moor": HUB.format("hub", "elsewhere.example.org"),
        "sea": "",
    }
    for name, text in hubs.items():
        path = tmp_path / f"config/clusters/{name}/cluster.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(CLUSTER.format(name, "local" if name == "sea" else "gcp", text))
    (tmp_path / "config/org.yaml").write_text("name: X\ndomains: [hubs.example.org, other.example.org]\n")
    return load(tmp_path)[0]


@pytest.mark.parametrize(
    ("cluster", "hub", "domain"),
    [
        ("alps", "climate", "climate.alpine.example.org"),
        ("alps", "prod", "alpine.example.org"),
        ("alps", "alpine", "alpine.example.org"),
        ("moor", "climate", "climate.moor.hubs.example.org"),
        ("moor", "prod", "moor.hubs.example.org"),
        ("sea", "climate", "climate.localhost"),
    ],
)
def test_a_domain_is_like_those_of_the_neighbours_else_one_of_the_operator(
    fleet: Fleet, cluster: str, hub: str, domain: str
) -> None:
    assert proposals.domain(fleet, select_cluster(fleet, cluster), hub) == domain


def test_a_cluster_that_is_to_be_gets_domains_of_the_operator(fleet: Fleet) -> None:
    assert proposals.domain(fleet, "new", "staging") == "staging.new.hubs.example.org"


@pytest.mark.parametrize(
    ("hub", "taken", "name"),
    [
        ("climate-lab", (), "Climate Lab"),
        ("staging", (), "Us East (staging)"),
        ("prod", (), "Us East"),
        ("climate", ("CLIMATE",), "Us East climate"),
    ],
)
def test_a_name_for_people_is_nobody_elses(hub: str, taken: tuple[str, ...], name: str) -> None:
    assert proposals.display_name("us-east", hub, taken) == name
