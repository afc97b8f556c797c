"""The tables of what clouds say of themselves: whole, dated and sound."""

from __future__ import annotations

import re
from datetime import date

import pytest

from deployer.fleet.limits.facts import NAMES, facts
from deployer.fleet.limits.regions import is_zone, known, may_have, near, place, region_of_zone, zones_of
from deployer.fleet.machines.table import names

CONTINENTS = {"Africa", "Asia", "Europe", "North America", "Oceania", "South America"}


@pytest.mark.parametrize("cloud", NAMES)
def test_each_table_says_of_which_day_it_is_and_where_it_is_from(cloud: str) -> None:
    assert date.fromisoformat(facts(cloud)["as_of"])
    assert sum(source.startswith("https://") for source in facts(cloud)["sources"]) >= 3


@pytest.mark.parametrize("cloud", NAMES)
def test_each_region_is_somewhere(cloud: str) -> None:
    assert len(known(cloud)) > 30
    places = [place(cloud, name) for name in known(cloud)]
    assert all(each and each.country and each.continent in CONTINENTS for each in places)


@pytest.mark.parametrize(
    ("cloud", "name", "country"),
    [
        ("aws", "eu-west-2", "the United Kingdom"),
        ("gcp", "europe-west1", "Belgium"),
        ("azure", "westeurope", "the Netherlands"),
    ],
)
def test_where_regions_are(cloud: str, name: str, country: str) -> None:
    found = place(cloud, name)
    assert found == (country, "Europe")
    assert place(cloud, "nowhere") is None


@pytest.mark.parametrize(
    ("cloud", "name", "other"),
    [
        ("aws", "eu-central-1", "eu-central-2"),
        ("aws", "us-west-2", "us-east-1"),
        ("aws", "us-gov-west-1", "us-gov-east-1"),
        ("aws", "eusc-de-east-1", None),
        ("gcp", "africa-south1", None),
        ("azure", "northeurope", "austriaeast"),
    ],
)
def test_another_region_is_near_and_of_the_same_cloud(cloud: str, name: str, other: str | None) -> None:
    assert near(cloud, name) == other


def test_zones_of_google_are_told_from_regions() -> None:
    assert [is_zone(name) for name in ("us-central1-b", "us-central1", "us-south1-ai1b")] == [
        True,
        False,
        True,
    ]
    assert [region_of_zone(name) for name in ("us-central1-b", "us-central1")] == ["us-central1"] * 2
    assert zones_of("us-east1") == ["us-east1-b", "us-east1-c", "us-east1-d"]
    told = ("us-east1-a", "us-east1-b", "us-east1-ai1a", "moon1-a")
    assert [may_have("us-east1", zone) for zone in told[:3]] == [False, True, True]
    assert may_have("moon1", told[3])


def test_families_that_a_region_lacks_are_of_machines_and_regions_that_are_known() -> None:
    families = {name.partition(".")[0] for name in names("aws")}
    for region, lacking in facts("aws")["lacking"].items():
        assert region in known("aws")
        assert set(lacking) < families


def test_each_family_of_amazons_machines_has_a_quota() -> None:
    table = facts("aws")
    of = {(quota.get("family"), quota.get("spot")) for quota in table["quotas"].values()}
    for name in names("aws"):
        family = table["families"][re.split("[0-9]", name)[0]]
        assert {(family, False), (family, True)} <= of


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_families_that_are_known_by_name_only_have_no_machine_in_the_table(cloud: str) -> None:
    families = {re.split("[.-]", name)[0] for name in names(cloud)}
    assert facts(cloud)["others"]
    assert families.isdisjoint(facts(cloud)["others"])
