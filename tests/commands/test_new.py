"""`deployer new`: questions at a terminal, options elsewhere, and nothing half-written."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from deployer import cli
from tests.commands.conversation import talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLUSTER = "config/clusters/local/cluster.yaml"
BEFORE = """\
# note
schema: 2
name: local
provider: local
hubs:
  - name: staging
    domain: staging.localhost
    helm_chart: basehub
    helm_chart_values_files: []
    auth: {type: dummy, everybody: true}
"""
ENTRY = """\
  - name: climate
    display_name: Climate
    domain: climate.localhost
    helm_chart: basehub
    auth:
      type: dummy
      everybody: true
    helm_chart_values_files:
      - climate.values.yaml
    staged_by: staging
"""
NEXT = """\
hint: what comes next:
  deployer validate local climate
  deployer deploy local climate --dry-run
"""
WRITTEN = ["config/clusters/local/climate.values.yaml", CLUSTER]


@pytest.fixture
def root(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DEPLOYER_CHART_MIRROR", str(repository / "tests/charts"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    path = tmp_path / "fleet" / CLUSTER
    path.parent.mkdir(parents=True)
    path.write_text(BEFORE)
    return tmp_path / "fleet"


def run(root: Path, *argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.run(["--root", str(root), "--quiet", "new", *argv])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def files(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def complaint(said: str) -> str:
    return said.partition("Error: ")[2]


def test_options_answer_all_and_the_written_files_are_data(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(root, "hub", "local", "climate", capsys=capsys)
    assert (status, out.splitlines()) == (0, WRITTEN)
    assert (root / CLUSTER).read_text() == BEFORE + ENTRY


def test_what_comes_next_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(root), "new", "hub", "local", "climate"]) == 0
    assert capsys.readouterr().err.endswith(NEXT)


def test_a_dry_run_shows_a_diff_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(root, "hub", "climate", "climate", "--dry-run", capsys=capsys)
    assert status == 2
    status, out, _ = run(root, "hub", "local", "climate", "--dry-run", capsys=capsys)
    assert status == 0
    assert out.startswith("--- /dev/null\n+++ b/config/clusters/local/climate.values.yaml\n@@ -0,0 +1,")
    assert out.endswith("".join(f"+{line}\n" for line in ENTRY.splitlines()))
    assert files(root) == {CLUSTER: BEFORE}


def test_all_that_is_missing_is_told_at_once_with_a_command_that_would_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, said = run(root, "cluster", "--provider", "aws", capsys=capsys)
    assert (status, out) == (2, "")
    assert complaint(said) == (
        "missing, and there is no terminal to ask at: CLUSTER, --account, --region\n"
        "  CLUSTER  name of the cluster\n"
        "  --account  account\n"
        "  --region  region\n"
        f"example: deployer --root {root} new cluster us-east --provider aws "
        "--account 012345678901 --region us-west-2\n"
    )
    example = shlex.split(complaint(said).partition("example: ")[2])
    assert cli.run(example[1:]) == 0
    assert cli.run(["--root", str(root), "validate", "--no-render", "us-east"]) == 0


def test_what_each_provider_wants_is_told_while_none_is_chosen(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, said = run(root, "cluster", "sea", capsys=capsys)
    clouds = "gcp (with --project and --location), aws (with --account and --region)"
    others = "azure (with --resource-group), kubeconfig (with --kubeconfig)"
    assert complaint(said).splitlines()[:2] == [
        "missing, and there is no terminal to ask at: --provider",
        f"  --provider  provider: {clouds}, {others}",
    ]


@pytest.mark.parametrize("kind", ["github", "cilogon", "google", "oidc", "lti13"])
def test_the_command_that_would_do_has_settings_of_each_sign_in_that_are_right(
    root: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    status, _, said = run(root, "hub", "local", "b", "--sign-in", kind, capsys=capsys)
    assert status == 2
    example = shlex.split(complaint(said).partition("example: ")[2])
    status, _, said = run(root, *example[example.index("hub") :], "--dry-run", capsys=capsys)
    assert (status, said) == (0, "")


def test_a_slip_in_what_is_missing_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("hub", "local", "b", "--sign-in", "github", "--auth", "organisations=x", "--auth", "colour=red")
    status, out, said = run(root, *argv, capsys=capsys)
    assert (status, out) == (2, "")
    assert complaint(said).splitlines()[:3] == [
        "missing, and there is no terminal to ask at: --auth organizations=",
        "  --auth organizations=  organizations",
        "--auth organisations= is unknown, did you mean --auth organizations=",
    ]


def test_all_that_is_wrong_is_told_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("hub", "local", "Climate", "--domain", "https://x", "--preset", "dsk", "--staged-by", "prod")
    status, out, said = run(root, *argv, capsys=capsys)
    assert (status, out) == (2, "")
    assert re.sub("one that there is: .*", "one that there is", complaint(said)) == (
        "HUB must be lower-case letters, digits and `-` only, with no `-` at either end\n"
        "--domain must be a host name such as `hub.example.org`: lower case, without `https://` and port, "
        "at most 63 characters between points\n"
        "--preset must be one that there is\n"
        "--staged-by must be one that there is\n"
    )
    assert files(root) == {CLUSTER: BEFORE}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("hub", "local", "b", "--from", "staging", "--preset", "dask"),
            "of no effect here, leave it out: --preset",
        ),
        (("hub", "local", "b", "--auth", "no_key=1"), "of no effect here, leave it out: --auth no_key="),
        (("hub", "local", "b", "--auth", "users"), "`--auth` takes KEY=VALUE, not `users`"),
        (("hub", "local", "staging"), "HUB must be another name: a hub of this cluster has it"),
        (("hub", "local", "support"), "HUB must be another name: this one is reserved"),
        (
            ("hub", "local", "b", "--domain", "staging.localhost"),
            "--domain must be another name: hub `staging` of `local` has it",
        ),
        (
            ("cluster", "local", "--provider", "gcp"),
            "CLUSTER must be another name: there is a cluster of this name",
        ),
    ],
)
def test_wrong_usage(
    root: Path, capsys: pytest.CaptureFixture[str], argv: Sequence[str], message: str
) -> None:
    status, out, said = run(root, *argv, capsys=capsys)
    assert (status, out, complaint(said).splitlines()[0]) == (2, "", message)
    assert files(root) == {CLUSTER: BEFORE}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("hub", "local", "b", "--from", "stagin"),
            "error: no such hub: local stagin\nhint: did you mean `staging`?\n",
        ),
        (("hub", "local", "b", "--from", "x/staging"), "error: no such cluster: x\nhint: known: local\n"),
    ],
)
def test_a_source_that_is_not_there(
    root: Path, capsys: pytest.CaptureFixture[str], argv: Sequence[str], message: str
) -> None:
    assert run(root, *argv, capsys=capsys) == (1, "", message)


def test_settings_of_the_sign_in_may_be_repeated(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("--auth", "users=ann,bob", "--auth", "users=cid", "--auth", "everybody=false", "--staged-by", "-")
    assert run(root, "hub", "local", "climate", *argv, capsys=capsys)[0] == 0
    assert (
        (root / CLUSTER)
        .read_text()
        .endswith(
            "      users:\n        - ann\n        - bob\n        - cid\n      everybody: false\n"
            "    helm_chart_values_files:\n      - climate.values.yaml\n"
        )
    )


def test_a_fleet_begins_where_the_root_says(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "empty"
    place.mkdir()
    argv = ("moor", "--provider", "azure", "--resource-group", "hubs")
    status, out, _ = run(place, "cluster", *argv, capsys=capsys)
    assert (status, out) == (0, "config/clusters/moor/cluster.yaml\n")
    assert list(files(place)) == ["config/clusters/moor/cluster.yaml"]


def test_without_a_root_it_is_said_how_to_begin(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["new", "cluster"]) == 1
    assert capsys.readouterr().err.endswith("hint: begin one here: `deployer --root . new cluster`\n")


TURNS = [
    ("Name of the hub: ", "Climate\n"),
    ("Name of the hub: ", "?\n"),
    ("Name of the hub: ", "climate\n"),
    ("Name for people [Climate]: ", "\n"),
    ("Domain [climate.localhost]: ", "\n"),
    ("Presets, with commas between [none]: ", "\n"),
    ("Sign-in [dummy]: ", "\n"),
    ("Admins, with commas between [none]: ", "ann, bob\n"),
    ("Staged by (- for none) [staging]: ", "\n"),
]


def at_terminal(root: Path, turns: Sequence[tuple[str, str]], columns: int = 80) -> tuple[int, str]:
    environ = {
        "DEPLOYER_CACHE": str(root.parent / "cache"),
        "DEPLOYER_STATE": str(root.parent / "state"),
        "NO_COLOR": "1",
    }
    return talk(["new", "hub", "local"], turns, cwd=root, environ=environ, columns=columns)


@pytest.mark.integration
def test_a_conversation_writes_what_its_command_line_writes(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, screen = at_terminal(root, [*TURNS, ("Write them? [Y/n]: ", "\n")])
    assert status == 0
    assert screen.startswith(
        "`?` explains a question. Nothing is written before the end.\n"
        "Name of the hub: Climate\n"
        "Must be lower-case letters, digits and `-` only, with no `-` at either end.\n"
        "Name of the hub: ?\n"
        "The hub's name, once per cluster: that of its namespace and of its Helm\nrelease.\n"
        "Example: climate\n"
        "Name of the hub: climate\n"
    )
    same = re.search("the same without questions: (.*)", screen)
    assert same
    assert same[1] == "deployer new hub local climate --admin ann --admin bob"
    written = files(root)
    for name in WRITTEN[:1]:
        (root / name).unlink()
    (root / CLUSTER).write_text(BEFORE)
    assert run(root, *shlex.split(same[1])[2:], capsys=capsys)[0] == 0
    assert files(root) == written


@pytest.mark.integration
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (("Write them? [Y/n]: ", "n\n"), (1, "error: nothing is written\n")),
        (("Write them? [Y/n]: ", "\x03"), (130, "error: interrupted\n")),
        (("Write them? [Y/n]: ", "\x04"), (130, "error: interrupted\n")),
    ],
    ids=["no", "Ctrl-C", "Ctrl-D"],
)
def test_who_does_not_agree_has_nothing_written(
    root: Path, last: tuple[str, str], expected: tuple[int, str]
) -> None:
    status, screen = at_terminal(root, [*TURNS, last])
    assert (status, screen[-len(expected[1]) :]) == expected
    assert files(root) == {CLUSTER: BEFORE}


@pytest.mark.integration
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_an_interrupted_question_leaves_nothing_behind(root: Path, key: str) -> None:
    status, screen = at_terminal(root, [*TURNS[:3], ("Name for people [Climate]: ", key)])
    assert (status, screen.endswith("error: interrupted\n")) == (130, True)
    assert files(root) == {CLUSTER: BEFORE}


@pytest.mark.integration
def test_a_wrong_answer_is_not_asked_for_for_ever(root: Path) -> None:
    status, screen = at_terminal(root, [("Name of the hub: ", "A\n")] * 4)
    assert (status, screen.splitlines()[-1]) == (2, "Error: no answer to: Name of the hub; `HUB` gives one")


@pytest.mark.integration
def test_a_narrow_terminal_breaks_no_word(root: Path) -> None:
    status, screen = at_terminal(
        root, [("> ", "climate\n"), *[("> ", "\n")] * 6, ("[Y/n]: ", "n\n")], columns=24
    )
    questions = screen.partition("--- /dev/null")[0]
    assert status == 1
    assert "Staged by (- for none)\n[staging]\n> \n" in questions
    assert max(map(len, questions.splitlines())) <= 24
