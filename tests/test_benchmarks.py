"""The fleet that figures are measured on: the same every time, and with nothing wrong in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.generated import HUBS_PER_CLUSTER, write_fleet
from deployer.operations.validation.validate import validate

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session


def texts(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_a_generated_fleet_is_always_the_same(tmp_path: Path) -> None:
    one = texts(write_fleet(tmp_path / "one", clusters=2))
    assert one == texts(write_fleet(tmp_path / "other", clusters=2))
    assert len(one) == 1 + 2 * (2 + 2 * HUBS_PER_CLUSTER)


def test_nothing_is_wrong_with_a_generated_fleet(session: Session, tmp_path: Path, repository: Path) -> None:
    session = replace(session, chart_mirror=repository / "tests/charts")
    report = validate(session, write_fleet(tmp_path / "fleet", clusters=3), render=False)
    assert (report.ok, report.problems, report.hubs) == (True, (), 15)
