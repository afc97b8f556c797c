"""The entrance for developers: how `make test` sums up, and how benchmarks compare."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from benchmarks.figures import Figure, in_turn, table

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    """The functions of tools/test."""
    return runpy.run_path(str(ROOT / "tools" / "test"))


def session(**changes: object) -> dict[str, object]:
    return {"name": "cluster", "result": "success", "reason": None, "duration": 65.2, **changes}


def test_errors_count_as_failures_and_skips_do_not_count_as_passed(
    summary: dict[str, Any], tmp_path: Path
) -> None:
    junit = tmp_path / "tests.xml"
    junit.write_text(
        '<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>',
        encoding="utf-8",
    )
    assert summary["counted"](junit) == (4, 3, 3)
    assert summary["counted"](tmp_path / "never-ran.xml") == (0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "tests", "shown"),
    [
        ({}, (8, 0, 1), "cluster      ok         1 min 05 s  8 passed, 0 failed, 1 skipped"),
        (
            {"result": "failed"},
            (7, 1, 1),
            "cluster      FAILED     1 min 05 s  7 passed, 1 failed, 1 skipped",
        ),
        (
            {"result": "skipped", "reason": "needs root", "duration": 0.0},
            (0, 0, 0),
            "cluster      not run         0.0 s  needs root",
        ),
    ],
)
def test_a_tier_that_did_not_run_is_named_with_its_reason(
    summary: dict[str, Any], changes: dict[str, object], tests: tuple[int, int, int], shown: str
) -> None:
    assert summary["line"](session(**changes), tests) == shown


def test_two_ways_are_measured_in_turn_with_numbers_of_their_own() -> None:
    """Neither way always goes first, and each upgrade gets a number that forces a rollout."""
    calls: list[tuple[str, int]] = []

    def way(name: str, seconds: float) -> Any:
        def measure(number: int) -> float:
            calls.append((name, number))
            return seconds + number

        return measure

    assert in_turn([way("ours", 10), way("theirs", 20)], rounds=3) == [12, 23]
    assert calls == [("ours", 0), ("theirs", 1), ("theirs", 3), ("ours", 2), ("ours", 4), ("theirs", 5)]


def test_a_promise_that_is_missed_stands_out() -> None:
    kept = Figure(name="help", ours=0.08, theirs=None, result="80 ms", promise="at most 120 ms", kept=True)
    missed = Figure(
        name="deploy", ours=12.3, theirs=9.1, result="1.35 x", promise="at most 1.3 x", kept=False
    )
    assert table([kept, missed]).splitlines() == [
        "figure  ours     theirs  result  promise",
        "help    80 ms    -       80 ms   at most 120 ms  kept",
        "deploy  12.30 s  9.10 s  1.35 x  at most 1.3 x   MISSED",
    ]
