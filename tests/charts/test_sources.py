"""Where packages come from, in which order, and what is checked of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts.chart import Chart, find_chart
from deployer.charts.sources import ChartUnavailable, PackageChanged, sources
from deployer.errors import DeployerError
from tests.charts.making import Repositories, pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

ONE = {"name": "one", "version": "1.0.0", "repository": "https://charts.example/"}
TWO = {"name": "two", "version": "2.0.0", "repository": "oci://registry.example/charts"}


@pytest.fixture
def repositories(tmp_path: Path) -> Repositories:
    offered = Repositories(tmp_path / "offered")
    for name, version in (("one", "1.0.0"), ("two", "2.0.0")):
        chart = write_chart(tmp_path / f"making/{name}", version=version)
        pack(chart, offered.packages / f"{name}-{version}.tgz")
    return offered


def umbrella(root: Path, *dependencies: dict[str, Any], hashes: str = "") -> Chart:
    directory = write_chart(root / "helm-charts/umbrella", dependencies=dependencies)
    (directory / "packages.sha256").write_text(hashes)
    return find_chart(root, "umbrella")


def recorded(repositories: Repositories, tmp_path: Path) -> str:
    return "".join(
        f"{pack(tmp_path / 'making' / name, repositories.packages / file)}  {file}\n"
        for name, file in (("one", "one-1.0.0.tgz"), ("two", "two-2.0.0.tgz"))
    )


def test_what_is_missing_is_downloaded_once_and_then_taken_from_the_cache(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, TWO, hashes=recorded(repositories, tmp_path))
    first = sources(session, chart, chart.dependencies, helm=repositories.helm)
    again = sources(session, chart, chart.dependencies, helm=None)
    assert sorted(repositories.pulled) == ["one 1.0.0", "two 2.0.0"]
    assert again == first
    assert [source.notices for source in first] == [(), ()]


def test_without_a_network_every_missing_package_is_named_with_the_command_that_gets_it(
    session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, TWO)
    with pytest.raises(ChartUnavailable) as raised:
        sources(session, chart, chart.dependencies, helm=Repositories(tmp_path / "nothing").helm)
    assert raised.value.packages == chart.dependencies
    assert raised.value.message.splitlines() == [
        "chart packages are missing: one 1.0.0, two 2.0.0",
        "one 1.0.0: Error: no such host",
        "two 2.0.0: Error: no such host",
    ]
    assert raised.value.hint == (
        "run `deployer charts fetch umbrella` with a network, or give `--chart-mirror DIR`"
    )


def test_offline_is_possible_by_giving_no_helm(session: Session, tmp_path: Path) -> None:
    chart = umbrella(tmp_path, ONE)
    with pytest.raises(ChartUnavailable, match="neither in the cache nor in the mirror"):
        sources(session, chart, chart.dependencies, helm=None)


def test_a_package_without_a_recorded_hash_is_used_and_said(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE)
    [source] = sources(session, chart, chart.dependencies, helm=repositories.helm)
    assert source.notices == (
        "one 1.0.0 was not compared with a recorded hash: run `deployer charts update umbrella`",
    )


def test_a_downloaded_package_with_another_hash_is_refused_and_not_kept(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, hashes=f"{'0' * 64}  one-1.0.0.tgz\n")
    with pytest.raises(PackageChanged, match=f"recorded: {'0' * 64}"):
        sources(session, chart, chart.dependencies, helm=repositories.helm)
    assert not [path for path in session.cache.rglob("*") if path.is_file()]


def test_a_damaged_package_in_the_cache_is_downloaded_again(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, hashes=recorded(repositories, tmp_path))
    [source] = sources(session, chart, chart.dependencies, helm=repositories.helm)
    source.entry.path.write_bytes(b"damaged")
    assert sources(session, chart, chart.dependencies, helm=repositories.helm) == (source,)
    assert repositories.pulled == ["one 1.0.0", "one 1.0.0"]


def test_one_name_and_version_of_two_repositories_are_two_packages(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE)
    other = [replace(chart.dependencies[0], repository="https://other.example/")]
    found = [
        sources(session, chart, dependencies, helm=repositories.helm)[0].entry.path
        for dependencies in (chart.dependencies, other)
    ]
    assert len(set(found)) == 2
    assert repositories.pulled == ["one 1.0.0", "one 1.0.0"]


def test_the_mirror_comes_before_cache_and_network(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, hashes=recorded(repositories, tmp_path))
    mirrored = replace(session, chart_mirror=repositories.packages)
    [source] = sources(mirrored, chart, chart.dependencies, helm=None)
    assert source.entry.path == repositories.packages / "one-1.0.0.tgz"


def test_a_changed_package_in_the_mirror_is_refused(
    repositories: Repositories, session: Session, tmp_path: Path
) -> None:
    chart = umbrella(tmp_path, ONE, hashes=f"{'0' * 64}  one-1.0.0.tgz\n")
    mirrored = replace(session, chart_mirror=repositories.packages)
    with pytest.raises(PackageChanged, match=r"one 1\.0\.0"):
        sources(mirrored, chart, chart.dependencies, helm=None)


def test_a_folder_of_the_mirror_and_a_substitute_are_said(session: Session, tmp_path: Path) -> None:
    chart = umbrella(tmp_path, ONE, TWO)
    mirror = tmp_path / "mirror"
    write_chart(mirror / "one")
    write_chart(mirror / "small")
    (mirror / "substitutes.yaml").write_text("two: {path: small, reason: for the demo}\n")
    found = sources(replace(session, chart_mirror=mirror), chart, chart.dependencies, helm=None)
    assert [source.notices for source in found] == [
        (f"one 1.0.0 comes from a folder, which has no hash to compare: {mirror / 'one'}",),
        (f"two 2.0.0 is replaced by {mirror / 'small'}: for the demo",),
    ]


def test_dependencies_that_are_part_of_the_fleet_need_no_package(session: Session, tmp_path: Path) -> None:
    local = {**ONE, "repository": "file://../one"}
    inside = {**TWO, "repository": ""}
    chart = umbrella(tmp_path, local, inside)
    with pytest.raises(DeployerError, match="dependency `one` is not there"):
        sources(session, chart, chart.dependencies, helm=None)
    write_chart(tmp_path / "helm-charts/one")
    write_chart(chart.directory / "charts/two")
    found = sources(session, chart, chart.dependencies, helm=None)
    assert [source.entry.path for source in found] == [
        tmp_path / "helm-charts/one",
        chart.directory / "charts/two",
    ]
