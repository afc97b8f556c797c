"""`deployer explain`: whole outputs, for people at any width and for programs.

After an intended change: `pytest tests/commands/test_explain.py --update-golden`, and read the difference.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.shell_completion import ShellComplete
from jsonschema import validate

from deployer import cli
from deployer.commands.explanations.page import Page
from deployer.fleet.schema import SCHEMAS

if TYPE_CHECKING:
    from tests.golden.comparison import Golden

TESTS = Path(__file__).parent.parent
FLEET, MIRROR, GOLDEN = TESTS / "golden/fleet", TESTS / "charts", TESTS / "golden/explain"

OUTPUTS = {
    "hub": ["aws", "course"],
    "hub-of-daskhub": ["gcp", "research"],
    "hub-with-binder": ["azure", "binder"],
    "value": ["aws", "course", "jupyterhub.singleuser.memory.limit"],
    "list": ["aws", "course", "jupyterhub.hub.config.GitHubOAuthenticator.allowed_organizations"],
    "item": ["aws", "course", "jupyterhub.hub.config.GitHubOAuthenticator.allowed_organizations[1]"],
    "map": ["aws", "course", "jupyterhub.hub.config"],
    "removed": ["aws", "course", "jupyterhub.singleuser.extraEnv.SCRATCH"],
    "removed-map": ["aws", "course", "jupyterhub.singleuser.nodeSelector"],
    "encrypted": ["aws", "course", "jupyterhub.hub.extraFiles.quota.mode"],
    "follows-a-secret": ["gcp", "research", "jupyterhub.hub.config.OAuthenticator.oauth_callback_url"],
    "computed": ["gcp", "staging", "jupyterhub.ingress.hosts"],
    "not-set": ["aws", "course", "jupyterhub.hub.allowNamedServers"],
    "enum": ["aws", "course", "jupyterhub.hub.db.type"],
    "where-shared": ["--where", "config/clusters/aws/common.values.yaml"],
    "where-daskhub": ["--where", "config/clusters/gcp/research.values.yaml"],
    "where-encrypted": ["--where", "config/clusters/aws/enc-course.secret.values.yaml"],
    "where-preset": ["--where", "config/presets/classroom.yaml"],
    "where-unused-preset": ["--where", "config/presets/dask.yaml"],
    "where-cluster": ["--where", "config/clusters/gcp/cluster.yaml"],
    "overrides": ["--lint-overrides"],
    "common": ["--common"],
}


WHOLE = {"follows-a-secret", "overrides"}
"""Outputs with a line that is to be copied, and longer than 80 columns: the terminal breaks it."""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(TESTS / "golden/state"))
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def explain(*argv: str) -> int:
    return cli.run(["--root", str(FLEET), "--chart-mirror", str(MIRROR), "explain", *argv])


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("columns", [None, 80, 24])
def test_the_whole_output(
    name: str,
    columns: int | None,
    golden: Golden,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if columns:
        monkeypatch.setenv("COLUMNS", str(columns))
    assert explain(*OUTPUTS[name]) == 0
    out = capsys.readouterr().out
    assert "ENC[" not in out
    assert "unknown-" not in out, "a placeholder is nothing that anybody said"
    if columns and name != "common" and not (columns == 80 and name in WHOLE):
        assert max(map(len, out.splitlines())) <= columns
    # How long the chart's own Python is, is of no concern here.
    stable = re.sub(r"text of \d+ lines", "text of N lines", out)
    golden.check(GOLDEN / f"{name}{f'-{columns}' if columns else ''}.txt", stable)


def test_there_is_no_expectation_without_an_output() -> None:
    found = {path.stem.removesuffix("-80").removesuffix("-24") for path in GOLDEN.glob("*")}
    assert found == set(OUTPUTS)


def examples() -> list[tuple[str, str]]:
    """The commands in the documentation with their outputs."""
    text = (TESTS.parent / "docs/explain.md").read_text()
    return re.findall(r"```console\n\$ deployer explain ([^\n]*)\n(.*?)```", text, re.DOTALL)


def test_the_documentation_has_examples() -> None:
    assert len(examples()) == 5


@pytest.mark.parametrize(("command", "output"), examples())
def test_the_documentation_shows_what_is_written(
    command: str, output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beginning of it, for a long one."""
    monkeypatch.setenv("COLUMNS", "80")
    assert explain(*command.split()) == 0
    out = capsys.readouterr().out
    assert out[: len(output)] == output
    assert out == output or command == "kubeconfig hub"


KINDS = {"where": "file", "overrides": "overrides", "common": "common", "hub": "hub"}


@pytest.mark.parametrize("name", OUTPUTS)
def test_json_is_as_its_schema_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(*OUTPUTS[name], "-o", "json") == 0
    out = capsys.readouterr().out
    kind = KINDS.get(name.partition("-")[0], "key")
    schema = json.loads((SCHEMAS / f"explain-{kind}.schema.json").read_text())
    validate(json.loads(out), schema)
    assert "ENC[" not in out
    assert "unknown-" not in out


def test_json_has_all_layers_with_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(*OUTPUTS["value"], "-o", "json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    decided = found["layers"][found["decided_by"]]
    assert (found["value"], decided["layer"], decided["file"], decided["line"]) == (
        "1G",
        "preset",
        "config/presets/classroom.yaml",
        7,
    )
    assert [each["layer"] for each in found["layers"]] == ["package", "chart", "preset"]
    assert found["secret"] == {"may_change": False, "how": "no", "unknown": [], "files": []}


def test_talk_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("gcp", "research") == 0
    notices = [line for line in capsys.readouterr().err.splitlines() if line.startswith("notice: ")]
    assert [notice.split()[1] for notice in notices] == ["jupyterhub", "the"]


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (
            ["aws", "course", "jupyterhub.singleuser.memory.limmit"],
            "no such value in aws course: jupyterhub.singleuser.memory.limmit",
            "did you mean `jupyterhub.singleuser.memory.limit`?",
        ),
        (
            ["aws", "course", "jupyterhub.snigleuser.memory"],
            "no such value in aws course: jupyterhub.snigleuser.memory",
            "did you mean `jupyterhub.singleuser.memory`?",
        ),
        (
            ["aws", "course", "singleuser.extraEnv"],
            "no such value in aws course: singleuser.extraEnv",
            "did you mean `jupyterhub.singleuser.extraEnv`?",
        ),
        (
            ["aws", "course", "jupyterhub.hub.config.GitHubOAuthenticator.x"],
            "no such value in aws course: jupyterhub.hub.config.GitHubOAuthenticator.x",
            (
                "known below `jupyterhub.hub.config.GitHubOAuthenticator`: "
                "auth_refresh_age, enable_auth_state, populate_teams_in_auth_state, scope, manage_groups, "
                "allowed_organizations, client_id, client_secret"
            ),
        ),
        (
            ["aws", "course", "jupyterhub.ingress.hosts[5]"],
            "no such value in aws course: jupyterhub.ingress.hosts[5]",
            "there is nothing below `jupyterhub.ingress.hosts`",
        ),
        (
            ["gcp", "research", "dask-gateway.gateway.nodeSelector"],
            (
                "nobody in the fleet sets it, and the package that may know it is not at hand: "
                "dask-gateway.gateway.nodeSelector"
            ),
            "run `deployer charts fetch basehub` with a network, or give `--chart-mirror DIR`",
        ),
        (
            ["aws", "course", "a..b"],
            "no key path: a..b",
            'write `a.b`, `a."key.with.dots".b` (in single quotes for the shell), or `a.list[0]`',
        ),
        (["aws", "curse"], "no such hub: aws curse", "did you mean `course`?"),
        (["--lint-overrides", "awss"], "no such cluster: awss", "did you mean `aws`?"),
        (["--common", "awss"], "no such cluster: awss", "did you mean `aws`?"),
        (
            ["--where", "config/nothing.yaml"],
            f"no such file: {Path.cwd()}/config/nothing.yaml",
            "give its path from the fleet's root, or from here",
        ),
    ],
)
def test_what_is_not_there_is_an_error_that_helps(
    argv: list[str], message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["-q", "--root", str(FLEET), "--chart-mirror", str(MIRROR), "explain", *argv]) == 1
    assert capsys.readouterr() == ("", f"error: {message}\nhint: {hint}\n")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["aws"],
        ["aws", "--where", "x"],
        ["--where", "x", "--common"],
        ["--common", "aws", "course"],
        ["--lint-overrides", "aws", "course", "jupyterhub"],
        ["aws", "course", "--write"],
        ["--lint-overrides", "--at-least", "3"],
        ["--common", "--at-least", "1"],
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(*argv) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["aws", "course", "jupyterhub.singleuser.mem"], ["jupyterhub.singleuser.memory"]),
        (["aws", "course", "dask-"], ["dask-gateway"]),
        (["aws", "course", "jupyterhub.hub.config.GitHub"], ["jupyterhub.hub.config.GitHubOAuthenticator"]),
        (["aws", "course", "a[."], []),
        (["aws", "curse", "jup"], []),
        (["aws", "co"], ["course"]),
    ],
)
def test_the_shell_completes_paths(typed: list[str], completed: list[str]) -> None:
    argv = ["--root", str(FLEET), "--chart-mirror", str(MIRROR), "explain", *typed]
    complete = ShellComplete(cli.cli, {}, "deployer", "_DEPLOYER_COMPLETE")
    found = complete.get_completions(argv[:-1], argv[-1])
    assert [each.value for each in found] == completed


def test_colours_are_for_terminals_that_want_them(capsys: pytest.CaptureFixture[str]) -> None:
    for colours, expected in [(True, "\x1b[1mname\x1b[0m: value\n"), (False, "name: value\n")]:
        page = Page(width=80, colours=colours)
        page.line(("name", "bold"), ": value")
        with click.Context(cli.cli, color=colours):
            page.write()
        assert capsys.readouterr().out == expected


def test_prose_has_its_label_beside_it_or_above(capsys: pytest.CaptureFixture[str]) -> None:
    for width, expected in [
        (30, "label\n Words that go on and on and\n on.\n"),
        (60, "label     Words that go on and on and on.\n"),
    ]:
        page = Page(width=width)
        page.prose("label", "Words that go on and on and on.", column=10)
        page.write()
        assert capsys.readouterr().out == expected
