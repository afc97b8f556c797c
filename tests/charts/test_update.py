"""New pins: Chart.lock and hashes, from what the repositories offer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts import lock
from deployer.charts.chart import find_chart
from deployer.charts.hashes import read_hashes
from deployer.charts.update import pins
from tests.charts.making import Repositories, pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ONE = {"name": "one", "version": "1.0.0", "repository": "https://charts.example/"}
TWO = {"name": "two", "version": "^2.0.0", "repository": "oci://registry.example/charts"}


@pytest.fixture
def repositories(tmp_path: Path) -> Repositories:
    """Repositories with `one` in version 1.0.0, and 2.5.0 as the newest that `^2.0.0` finds of `two`."""
    offered = Repositories(tmp_path / "offered")
    pack(write_chart(tmp_path / "making/one"), offered.packages / "one-1.0.0.tgz")
    pack(write_chart(tmp_path / "making/two", version="2.5.0"), offered.packages / "two-2.0.0.tgz")
    return offered


def umbrella(root: Path, *dependencies: dict[str, Any]) -> Path:
    return write_chart(root / "helm-charts/umbrella", dependencies=dependencies) / "Chart.yaml"


def test_versions_are_resolved_locked_and_hashed(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    file = umbrella(tmp_path, ONE, TWO)
    found = pins(session, file, repositories.helm, override=False, now=NOW)
    assert not (file.parent / "Chart.lock").exists()
    found.write()
    chart = find_chart(tmp_path, "umbrella")
    assert [str(dependency) for dependency in chart.dependencies] == ["one 1.0.0", "two 2.5.0"]
    assert sorted(chart.hashes) == ["one-1.0.0.tgz", "two-2.5.0.tgz"]
    assert found.unavailable == {}


def test_nothing_changes_when_nothing_changed(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    file = umbrella(tmp_path, ONE, TWO)
    first = pins(session, file, repositories.helm, override=False, now=NOW)
    assert len(first.changed) == 2
    first.write()
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert pins(session, file, repositories.helm, override=False, now=later).changed == ()


def test_a_package_that_cannot_be_had_keeps_what_is_recorded(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    file = umbrella(tmp_path, ONE, TWO)
    pins(session, file, repositories.helm, override=False, now=NOW).write()
    recorded = read_hashes(file.parent / "packages.sha256")
    (repositories.packages / "two-2.0.0.tgz").unlink()
    found = pins(session, file, repositories.helm, override=False, now=NOW)
    assert (found.changed, found.unavailable) == ((), {"two 2.5.0": "Error: no such host"})
    assert read_hashes(file.parent / "packages.sha256") == recorded


def test_packages_that_are_no_longer_wanted_are_forgotten(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    pins(session, umbrella(tmp_path, ONE, TWO), repositories.helm, override=False, now=NOW).write()
    file = umbrella(tmp_path, ONE)
    pins(session, file, repositories.helm, override=False, now=NOW).write()
    assert list(read_hashes(file.parent / "packages.sha256")) == ["one-1.0.0.tgz"]


def test_an_override_records_hashes_only_and_keeps_those_of_its_neighbours(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    file = write_chart(tmp_path / "cluster", dependencies=[ONE]) / "chart.yaml"
    (tmp_path / "cluster/Chart.yaml").rename(file)
    (file.parent / "packages.sha256").write_text(f"{'a' * 64}  other-1.0.0.tgz\n")
    found = pins(session, file, repositories.helm, override=True, now=NOW)
    found.write()
    assert sorted(read_hashes(file.parent / "packages.sha256")) == ["one-1.0.0.tgz", "other-1.0.0.tgz"]
    assert not (file.parent / lock.LOCK).exists()


def test_a_chart_of_the_fleet_is_locked_and_has_no_package(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    file = umbrella(tmp_path, {"name": "own", "version": "0.1.0", "repository": "file://../own"})
    write_chart(tmp_path / "helm-charts/own", version="0.1.0")
    pins(session, file, repositories.helm, override=False, now=NOW).write()
    assert str(find_chart(tmp_path, "umbrella").dependencies[0]) == "own 0.1.0"
    assert read_hashes(file.parent / "packages.sha256") == {}
