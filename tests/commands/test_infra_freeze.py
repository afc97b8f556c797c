"""In a window of `freeze`, `deployer infra apply` and `upgrade` open nothing unless somebody says so."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from deployer import cli
from deployer.errors import DeployerError
from deployer.operations.infra import run, several

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_KEY = Path(__file__).parent.parent / "examples/valid/every-key"
OVER, NOW = "until: 2025-06-05T18:00+02:00", "until: 2099-06-05T18:00+02:00"
REFUSED = (
    "not changed: hub `research` is frozen until 2099-06-05 16:00 UTC (exams)\n"
    "hint: wait until then; with `--override-freeze` it is changed all the same\n"
)
OPENED = "opened"
COMMANDS = [("apply", "alps", "--yes"), ("upgrade", "alps", "--yes")]


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs `deployer infra` on a cluster with a hub in a window; what is opened ends there."""
    root = shutil.copytree(EVERY_KEY, tmp_path / "fleet")
    file = root / "config/clusters/alps/cluster.yaml"
    file.write_text(file.read_text().replace(OVER, NOW))

    def opened(*_arguments: object, **_options: object) -> NoReturn:
        raise DeployerError(OPENED)

    for module in (run, several):
        monkeypatch.setattr(module, "infrastructure", opened)
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    return lambda *argv: cli.run(["--root", str(root), "infra", *argv])


@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_a_cluster_with_a_frozen_hub_is_not_opened(
    infra: Callable[..., int], capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    assert infra(*argv) == 1
    told = capsys.readouterr().err
    assert REFUSED in told
    assert OPENED not in told


@pytest.mark.parametrize(
    "argv",
    [
        *((*argv, "--override-freeze") for argv in COMMANDS),
        ("upgrade", "alps", "--dry-run"),
        ("plan", "alps"),
    ],
    ids=" ".join,
)
def test_it_is_with_the_option_and_to_look(
    infra: Callable[..., int], capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    assert infra(*argv) == 1
    told = capsys.readouterr().err
    assert OPENED in told
    assert "not changed" not in told
    assert ("(exams): overridden" in told) == ("--override-freeze" in argv)
