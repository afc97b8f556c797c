"""`deployer validate` and what is known: baselines, and ignored problems in the summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployer import cli

EXAMPLES = Path(__file__).parent.parent / "examples"
LAST_HUB = EXAMPLES / "invalid/schema--last-hub"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "baseline.json"


def validate(*argv: object, root: Path = LAST_HUB) -> int:
    return cli.run(["--root", str(root), "validate", *map(str, argv)])


def test_a_baseline_is_written_and_then_its_problems_do_not_count(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    assert validate("--skip-charts", "--write-baseline", file) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[0] == f"2 problems written to {file}"
    assert captured.err.splitlines()[-1].startswith(
        "1 cluster, 3 hubs: 0 errors, 0 warnings, 2 in the baseline ("
    )
    assert validate("--skip-charts", "--baseline", file, "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["problems"], report["in_baseline"]) == (True, [], 2)


def test_a_missing_baseline_is_an_error_that_says_what_to_type(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    assert validate("--baseline", file) == 1
    assert capsys.readouterr() == (
        "",
        f"error: no such file: {file}\nhint: write it: `deployer validate --write-baseline {file}`\n",
    )


@pytest.mark.parametrize("argv", [("campus",), ("--changed-since", "HEAD"), ("--baseline", "other.json")])
def test_a_baseline_is_that_of_the_whole_fleet(
    capsys: pytest.CaptureFixture[str], file: Path, argv: tuple[str, ...]
) -> None:
    assert validate("--write-baseline", file, *argv) == 2
    assert "`--write-baseline` takes the whole fleet, and no other baseline" in capsys.readouterr().err
    assert not file.exists()


def test_what_could_not_be_checked_fails_even_so(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert validate("--write-baseline", file, root=EXAMPLES / "valid/anchors") == 1
    assert "not checked: jupyterhub" in capsys.readouterr().err


def test_ignored_problems_are_counted_in_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--skip-charts", root=EXAMPLES / "valid/ignore") == 0
    assert "1 cluster, 2 hubs: 0 errors, 0 warnings, 3 ignored (" in capsys.readouterr().err
