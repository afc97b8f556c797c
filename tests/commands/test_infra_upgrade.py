"""`deployer infra upgrade`: what people and programs are shown, and who is asked. Nothing is upgraded."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from deployer import cli
from deployer.fleet.schema_files import whole
from deployer.operations.infra import run as infra
from deployer.operations.infra.running import Group, Running
from deployer.operations.infra.upgrade import plan
from deployer.operations.infra.upgrade import run as operation
from deployer.operations.infra.upgrade.run import Upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_KEY = Path(__file__).parent.parent / "examples/valid/every-key"
NOW = Running(
    cloud="aws",
    control_plane="1.33",
    asked="1.33",
    groups=(Group(key="small", pool="small", version="1.33"),),
)
STEPS = """\
 1  control plane: 1.33 to 1.34, with its add-ons
 2  nodes of small: new ones with 1.34, beside those with 1.33
 3  nodes of small: those with 1.33 take nobody new, and go when empty
"""


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, a word each."""
    words: list[str] = []

    @contextmanager
    def infrastructure(*_arguments: object, **_options: object) -> Iterator[None]:
        yield None

    def prepare(_opened: None, _root: Path, *, to: str | None, hours: int) -> Upgrade:
        goal = to or "1.34"
        way = plan.path(NOW, goal, {"small": "notebooks"})
        return Upgrade(cluster="alps", now=NOW, goal=goal, way=way, hours=hours, notes=("so",), changes=())

    def carry_out(_opened: None, planned: Upgrade, *, only_next: bool) -> None:
        words.append("one step" if only_next else f"{len(planned.steps)} steps")

    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    monkeypatch.setattr(infra, "infrastructure", infrastructure)
    monkeypatch.setattr(operation, "go_on", lambda _opened: words.append("go on"))
    monkeypatch.setattr(operation, "prepare", prepare)
    monkeypatch.setattr(operation, "carry_out", carry_out)
    return words


def run(*arguments: str) -> int:
    return cli.run(["--root", str(EVERY_KEY), "infra", "upgrade", "alps", *arguments])


def test_steps_are_shown_and_taken(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--yes") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (STEPS, "note: so\nalps: done; commit outputs.yaml\n")
    assert done == ["go on", "3 steps"]


def test_one_step_says_how_many_are_left(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--yes", "--step") == 0
    assert "alps: done; 2 steps are left: `deployer infra upgrade alps`" in capsys.readouterr().err
    assert done == ["go on", "one step"]


def test_a_look_does_nothing(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dry-run", "--output", "json", "--drain-hours", "3") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("infra-upgrade")).iter_errors(found))
    assert (found["from"], found["to"], found["drain_hours"], len(found["steps"])) == ("1.33", "1.34", 3, 3)
    assert done == []


def test_nobody_is_asked_where_nobody_is(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 1
    assert "hint: say `--yes`; nothing was done" in capsys.readouterr().err
    assert done == ["go on"]


def test_only_minor_versions_are_taken(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--to", "1.34.1") == 2
    assert "a minor version such as 1.34" in capsys.readouterr().err
    assert done == []


def test_nothing_is_left_to_do(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--to", "1.33") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "alps: nothing to do: Kubernetes 1.33 runs\nnote: so\n")
    assert done == ["go on"]
