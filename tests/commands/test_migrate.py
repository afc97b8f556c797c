"""`deployer migrate`: the diff on stdout, talk on stderr, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer import cli

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = "config/clusters/lake/cluster.yaml"
BEFORE = "# note\nname: lake\nprovider: local\n"
DIFF = f"""\
--- a/{CLUSTER}
+++ b/{CLUSTER}
@@ -1,3 +1,4 @@
 # note
+schema: 2
 name: lake
 provider: local
"""
LIFTED = "1 of 1 cluster {} to format 2: 1 file, no hub concerned\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    path = tmp_path / "fleet" / CLUSTER
    path.parent.mkdir(parents=True)
    path.write_text(BEFORE)
    return tmp_path / "fleet"


def run(root: Path, *argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.run(["--root", str(root), "migrate", *argv])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_without_options_it_shows_the_diff(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hint = "hint: the same command with `--write` writes it\n"
    assert run(root, capsys=capsys) == (0, DIFF, LIFTED.format("would be lifted") + hint)
    assert (root / CLUSTER).read_text() == BEFORE


def test_check_tells_by_the_exit_code_that_something_is_pending(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root, "--check", "lake", capsys=capsys)[:2] == (3, DIFF)
    assert (root / CLUSTER).read_text() == BEFORE


def test_write_writes_and_the_second_time_there_is_nothing_to_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root, "--write", capsys=capsys) == (0, "", LIFTED.format("lifted"))
    assert (root / CLUSTER).read_text() == "# note\nschema: 2\nname: lake\nprovider: local\n"
    nothing = "nothing to lift: the cluster is written in format 2 or a newer one\n"
    assert run(root, "--check", capsys=capsys) == (0, "", nothing)


def test_what_people_should_know_is_a_notice(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = "{name: a, domain: a.example.org, helm_chart: daskhub, helm_chart_values_files: [a.yaml]}"
    (root / CLUSTER).write_text(f"{BEFORE}hubs:\n- {hub}\n")
    (root / CLUSTER).with_name("a.yaml").write_text("a: 1\n")
    status, _, said = run(root, "--write", capsys=capsys)
    note = "notice: config/clusters/lake/a.yaml:1: `a` had no effect: it is a comment now\n"
    summary = "1 of 1 cluster lifted to format 2: 2 files, 1 hub as before\n"
    assert (status, said) == (0, note + summary)


def test_check_and_write_are_not_for_the_same_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, said = run(root, "--check", "--write", capsys=capsys)
    assert status == 2
    assert "`--check` writes nothing: leave out one of `--write` and `--check`" in said


@pytest.mark.parametrize("to", ["0", "3", "x"])
def test_a_format_that_is_not_known_is_wrong_usage(
    root: Path, capsys: pytest.CaptureFixture[str], to: str
) -> None:
    assert run(root, "--to", to, capsys=capsys)[0] == 2
