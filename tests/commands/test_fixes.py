"""`deployer validate --fix` and `--diff`: the diff, what is written, and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployer import cli
from tests.charts.making import write_chart

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = "config/clusters/lake/cluster.yaml"
BEFORE = "schema: 2\nname: lake\nprovidr: local  # here\nhull: thick\n"
AFTER = "schema: 2\nname: lake\nprovider: local  # here\nhull: thick\n"
DIFF = f"""\
--- a/{CLUSTER}
+++ b/{CLUSTER}
@@ -1,4 +1,4 @@
 schema: 2
 name: lake
-providr: local  # here
+provider: local  # here
 hull: thick
"""
LEFT = f"{CLUSTER}:4:1: unknown key `hull` [schema]\n"


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
    status = cli.run(["--root", str(root), "validate", *argv])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_diff_shows_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "1 edit in 1 file would mend what has one right answer\n"
    hint = "hint: the same command with `--fix` makes them\n"
    assert run(root, "--diff", capsys=capsys) == (3, DIFF, said + hint)
    assert (root / CLUSTER).read_text() == BEFORE


def test_fix_writes_and_validates_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, said = run(root, "--fix", capsys=capsys)
    assert (status, out) == (1, LEFT)
    assert said.startswith(f"{DIFF}1 edit in 1 file made\n1 cluster, 0 hubs: 1 error, 0 warnings (")
    assert (root / CLUSTER).read_text() == AFTER


def test_when_nothing_can_be_mended_the_report_is_as_ever(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / CLUSTER).write_text(AFTER)
    assert run(root, "--fix", capsys=capsys)[:2] == (1, LEFT)
    nothing = "0 edits in 0 files would mend what has one right answer\n"
    assert run(root, "--diff", capsys=capsys) == (0, "", nothing)


def test_the_report_of_a_fix_can_be_read_by_programs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(root, "--fix", "--format", "json", capsys=capsys)
    assert [each["message"] for each in json.loads(out)["problems"]] == ["unknown key `hull`"]


def test_one_pass_may_uncover_the_next(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Values are looked at only when the cluster.yaml lists them."""
    hub = "{name: a, domain: a.localhost, helm_chart: own, helm_chart_value_files: [a.values.yaml]}"
    (root / CLUSTER).write_text(f"schema: 2\nname: lake\nprovider: local\nhubs: [{hub}]\n")
    values = root / "config/clusters/lake/a.values.yaml"
    values.write_text("jupyterhub: {singleuser: {image: {name: quay.io/a/b, tag: 20260102}}}\n")
    write_chart(root / "helm-charts/own")
    said = run(root, "--fix", "--no-render", capsys=capsys)[2]
    assert said.count("1 edit in 1 file made\n") == 2
    assert 'tag: "20260102"' in values.read_text()


@pytest.mark.parametrize("options", [("--fix", "--diff"), ("--fix", "--write-baseline", "b.json")])
def test_options_that_exclude_each_other_are_wrong_usage(
    root: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    status, _, said = run(root, *options, capsys=capsys)
    assert status == 2
    assert "take one of `--fix`, `--diff` and `--write-baseline`" in said
