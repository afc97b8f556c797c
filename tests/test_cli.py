"""The edge of the program: help, messages, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from deployer import cli
from deployer.errors import DeployerError, Interrupted

SLOW = ("kubernetes", "jsonschema", "ruamel", "jinja2", "yaml", "requests", "rich")


def run(*argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.run(list(argv))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> list[click.Command]:
    """Have `deployer list` be the last command of this list."""
    commands: list[click.Command] = []
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_args: commands[-1])
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    return commands


@pytest.mark.integration
def test_help_imports_none_of_the_slow_libraries() -> None:
    code = (
        "import sys; from deployer import cli; status = cli.run(['--help']); "
        f"print('loaded:', sorted(set(sys.modules) & set({SLOW!r})), status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: [] 0"


@pytest.mark.integration
def test_an_interruption_while_the_program_is_still_being_imported_shows_no_traceback() -> None:
    code = (
        "import os, signal, sys, types; from deployer.__main__ import main; import deployer; "
        "deployer.cli = sys.modules['deployer.cli'] = types.ModuleType('cli'); "
        "deployer.cli.main = lambda: os.kill(os.getpid(), signal.SIGINT); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_in_the_list_exists(name: str) -> None:
    module, attribute = cli.COMMANDS[name][0].split(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)


def test_an_error_is_a_message_and_a_hint_without_a_traceback(
    capsys: pytest.CaptureFixture[str], command: list[click.Command]
) -> None:
    command.append(failing(DeployerError("no such hub: dmeo", hint="did you mean `demo`?")))
    assert run("list", capsys=capsys) == (1, "", "error: no such hub: dmeo\nhint: did you mean `demo`?\n")


@pytest.mark.parametrize("error", [Interrupted("interrupted"), KeyboardInterrupt()])
def test_an_interruption_exits_with_130(
    error: BaseException, capsys: pytest.CaptureFixture[str], command: list[click.Command]
) -> None:
    command.append(failing(error))
    status, out, err = run("list", capsys=capsys)
    assert (status, out, err.strip()) == (130, "", "error: interrupted")


def test_a_bug_is_not_hidden(command: list[click.Command]) -> None:
    command.append(failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.run(["list"])


def test_wrong_usage_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run("no-such-command", capsys=capsys)
    assert (status, out) == (2, "")
    assert "No such command 'no-such-command'" in err


@pytest.mark.integration
@pytest.mark.parametrize(
    ("words", "index", "expected"),
    [("deployer deploy lo", "2", "plain,local\n"), ("deployer deploy local de", "3", "plain,demo\n")],
    ids=["cluster", "hub"],
)
def test_the_shell_completes_clusters_and_hubs(
    words: str, index: str, expected: str, repository: Path
) -> None:
    environ = {**os.environ, "_DEPLOYER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": index}
    program = Path(sys.executable).with_name("deployer")
    done = subprocess.run([program], cwd=repository, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == expected
