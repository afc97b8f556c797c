"""Chart.lock as Helm writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts import lock
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from pathlib import Path

WANTED: list[dict[str, Any]] = [
    {
        "name": "one",
        "version": ">=1.0.0 <2.0.0",
        "repository": "https://charts.example/",
        "condition": "one.enabled",
        "tags": ["a"],
    },
    {"name": "two", "version": "2.0.0", "repository": "oci://registry.example/x"},
]


def test_a_lock_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "Chart.lock"
    path.write_text(lock.text(WANTED, ["1.2.3", "2.0.0"], generated="2026-11-21T08:00:00Z"))
    assert lock.locked_versions(path, WANTED) == ("1.2.3", "2.0.0")
    assert [entry["version"] for entry in yaml.safe_load(path.read_text())["dependencies"]] == [
        "1.2.3",
        "2.0.0",
    ]


@pytest.mark.parametrize("listed", ["3", "[3]", "[{name: one}]", "{a: b}"])
def test_a_lock_that_is_none_is_out_of_date(tmp_path: Path, listed: str) -> None:
    path = tmp_path / "Chart.lock"
    path.write_text(f"dependencies: {listed}\n")
    with pytest.raises(DeployerError, match="out of date"):
        lock.locked_versions(path, WANTED)


def test_without_a_lock_there_are_no_locked_versions(tmp_path: Path) -> None:
    assert lock.locked_versions(tmp_path / "Chart.lock", WANTED) is None


@pytest.mark.parametrize(
    "changed",
    [
        [WANTED[1], WANTED[0]],
        WANTED[:1],
        [WANTED[0], {**WANTED[1], "version": "2.0.1"}],
        [WANTED[0], {**WANTED[1], "condition": "two.enabled"}],
    ],
    ids=["order", "fewer", "version", "condition"],
)
def test_a_lock_of_another_chart_yaml_is_out_of_date(changed: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "Chart.lock"
    path.write_text(lock.text(WANTED, ["1.2.3", "2.0.0"], generated="2026-11-21T08:00:00Z"))
    with pytest.raises(DeployerError, match="out of date") as raised:
        lock.locked_versions(path, changed)
    assert raised.value.hint == f"run `deployer charts update {tmp_path.name}` to lock it again"
