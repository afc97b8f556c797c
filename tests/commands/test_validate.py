"""`deployer validate`: problems on stdout, talk on stderr, and the exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from deployer import cli

EXAMPLES = Path(__file__).parent.parent / "examples"
LAST_HUB = EXAMPLES / "invalid/schema--last-hub"
DASKHUB = EXAMPLES / "invalid/daskhub"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def test_problems_are_lines_on_stdout_and_the_summary_is_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["--root", str(LAST_HUB), "validate"]) == 1
    captured = capsys.readouterr()
    assert captured.out == (LAST_HUB / "expected.txt").read_text()
    assert captured.err.splitlines()[-1].startswith("1 cluster, 3 hubs: 2 errors, 0 warnings (")


@pytest.mark.parametrize(
    "root", ["fleet/../fleet", "fleet/config/..", "link", "link/config/../config/..", "./fleet/"]
)
def test_a_root_may_be_named_by_a_detour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: str
) -> None:
    """Above a link, `..` leads to where the link leads, as the system has it."""
    shutil.copytree(DASKHUB, tmp_path / "elsewhere" / "real")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "real")
    shutil.copytree(DASKHUB, tmp_path / "fleet")
    monkeypatch.chdir(tmp_path)
    for given in (root, str(tmp_path / root), f"link/../../{root}"):
        assert cli.run(["--root", given, "validate", "--no-render"]) == 1
        assert capsys.readouterr().out == (DASKHUB / "expected.txt").read_text()


def test_a_warning_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EXAMPLES / "invalid/daskhub"), "validate"]) == 1
    captured = capsys.readouterr()
    assert (
        "config/clusters/campus/common.values.yaml:1:1: warning: `dask-gateway` has no effect" in captured.out
    )
    assert "1 cluster, 2 hubs: 1 error, 1 warning (" in captured.err


def test_json_is_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(LAST_HUB), "validate", "--output", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["hubs"], report["errors"]) == (False, 3, 2)
    assert report["problems"][1] == {
        "path": "config/clusters/campus/cluster.yaml",
        "line": 13,
        "column": 5,
        "message": "hub `biology`: unknown key `domian`, did you mean `domain`?",
        "rule": "schema",
        "severity": "error",
    }


@pytest.mark.parametrize("option", ["--format", "--output", "-o"])
def test_the_format_has_the_name_that_other_commands_give_it_too(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert cli.run(["--root", str(LAST_HUB), "validate", option, "json"]) == 1
    assert json.loads(capsys.readouterr().out)["errors"] == 2


def test_github_gets_annotations_of_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--root", str(EXAMPLES / "valid/anchors"), "validate", "--format", "github"]
    assert cli.run(argv) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("::error title=not checked::not checked: jupyterhub 4.4.0; run")
    assert "\n::notice::Kubernetes 1.34 is assumed for one cluster: " in captured.out
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("1 cluster, 2 hubs: ")


def test_annotations_name_files_from_the_root_of_the_repository(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    shutil.copytree(LAST_HUB, tmp_path / "fleet")
    assert cli.run(["--root", str(tmp_path / "fleet"), "validate", "--format", "github"]) == 1
    inside = "fleet/config/clusters/campus/cluster.yaml"
    lines = capsys.readouterr().out.splitlines()
    assert f"::error file={inside},line=13,col=5,title=schema::{inside}:13:5: hub `biology`: " in lines[1]


def test_code_scanning_gets_a_log_that_links_to_the_published_documentation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOYER_DOCS", "https://docs.example.org/deployer")
    assert cli.run(["--root", str(LAST_HUB), "validate", "--format", "sarif"]) == 1
    captured = capsys.readouterr()
    (run,) = json.loads(captured.out)["runs"]
    driver = run["tool"]["driver"]
    assert driver["informationUri"] == "https://docs.example.org/deployer/"
    result = run["results"][1]
    rule = driver["rules"][result["ruleIndex"]]
    assert (rule["id"], rule["helpUri"]) == ("schema", "https://docs.example.org/deployer/rules/schema.html")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 13, "startColumn": 5}
    assert run["invocations"][0]["exitCode"] == 1


def test_an_unknown_format_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["validate", "--format", "xml"]) == 2
    assert "'text', 'json', 'github', 'sarif'" in capsys.readouterr().err


def test_nothing_wrong_is_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EXAMPLES / "valid/smallest"), "validate", "campus"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("1 cluster, 0 hubs: 0 errors, 0 warnings (")


def test_a_missing_chart_fails_unless_charts_are_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--root", str(EXAMPLES / "valid/anchors"), "validate"]
    assert cli.run(argv) == 1
    assert "\nnot checked: jupyterhub 4.4.0; run `deployer charts fetch basehub`" in capsys.readouterr().err
    assert cli.run([*argv, "--skip-charts"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "notice: not checked: jupyterhub 4.4.0;" in captured.err


def test_quiet_says_only_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-q", "--root", str(EXAMPLES / "valid/anchors"), "validate"]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("not checked: ")
    assert len(captured.err.splitlines()) == 1


def test_an_unknown_cluster_is_an_error_with_a_near_match(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(LAST_HUB), "validate", "campsu"]) == 1
    assert capsys.readouterr() == ("", "error: no such cluster: campsu\nhint: did you mean `campus`?\n")


def test_a_directory_that_is_no_fleet_is_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["--root", str(tmp_path), "validate"]) == 1
    assert capsys.readouterr().err == (
        f"error: no fleet in {tmp_path}: it has no `config/clusters`\n"
        "hint: name the fleet's directory: `deployer --root DIRECTORY ...`\n"
    )
