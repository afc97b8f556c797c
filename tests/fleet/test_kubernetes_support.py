"""Until when clouds support a version of Kubernetes: the table, and what it means on a day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from deployer.fleet import kubernetes_support
from deployer.fleet.kubernetes_support import minor, support

TABLE = json.loads(Path(kubernetes_support.__file__).with_suffix(".json").read_text(encoding="utf-8"))
VERSIONS = [(cloud, version) for cloud, part in TABLE.items() for version in part["versions"]]


@pytest.mark.parametrize(("cloud", "version"), VERSIONS)
def test_extended_support_comes_after_standard_support_and_newer_versions_last_longer(
    cloud: str, version: str
) -> None:
    found = support(cloud, version)
    assert found
    assert found.sources
    assert all(source.startswith("https://") for source in found.sources)
    assert found.standard < (found.extended or date.max)
    before = support(cloud, f"1.{int(version.removeprefix('1.')) - 1}")
    assert before is None or before.standard < found.standard


def test_support_on_a_day() -> None:
    found = support("aws", "1.33")
    assert found
    assert (found.service, found.standard, found.extended) == ("EKS", date(2026, 7, 29), date(2027, 7, 29))
    days = [date(2026, 7, 29), date(2026, 7, 30), date(2027, 7, 29), date(2027, 7, 30)]
    assert [found.state(day) for day in days] == ["standard", "extended", "extended", "ended"]
    assert [found.next_end(day) for day in days[1:]] == [date(2027, 7, 29), date(2027, 7, 29), None]


def test_without_a_date_of_extended_support_standard_support_is_all_that_is_known() -> None:
    found = support("gcp", "1.33")
    assert found
    assert (found.ends, found.state(date(2026, 8, 4))) == (date(2026, 8, 3), "ended")


@pytest.mark.parametrize(
    ("cloud", "version"), [("aws", "1.2"), ("gcp", "1.34"), (None, "1.34"), ("x", "1.34")]
)
def test_what_the_table_does_not_have_is_unknown(cloud: str | None, version: str) -> None:
    assert support(cloud, version) is None


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.34", "1.34"),
        ("1.35.3-gke.1943000", "1.35"),
        ("1.34-eks", "1.34"),
        ("2.0", None),
        ("", None),
        (None, None),
    ],
)
def test_the_minor_version_of_one_of_a_cloud(version: str | None, expected: str | None) -> None:
    assert minor(version) == expected
