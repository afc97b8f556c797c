"""`deployer doctor`: what it prints for people and for programs, and the exit code it gives."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner

from deployer.commands.app import App
from deployer.commands.doctor import doctor
from deployer.fleet.schema import SCHEMAS
from deployer.operations.doctor import PROGRAMS

if TYPE_CHECKING:
    from click.testing import Result


def run(path: str, *argv: str) -> Result:
    app = App(environ={"PATH": path, "DEPLOYER_STATE": "/nowhere", "DEPLOYER_CACHE": "/nowhere"})
    return CliRunner().invoke(doctor, argv, obj=app, standalone_mode=False, catch_exceptions=False)


def findings(printed: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed.stdout)
    jsonschema.validate(found, json.loads((SCHEMAS / "doctor.schema.json").read_text()))
    return found


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program beside the interpreter either."""
    monkeypatch.setattr(App, "_tools", lambda _app: ())


@pytest.mark.usefixtures("nothing")
def test_what_is_missing_is_told_with_what_gets_it() -> None:
    printed = run("/nowhere")
    assert printed.return_value == 1
    lines = printed.stdout.splitlines()
    assert len(lines) == len(PROGRAMS)
    assert lines[0] == "helm         missing  -          charts  install: make tools"


@pytest.mark.usefixtures("nothing")
def test_what_is_missing_is_as_the_schema_says() -> None:
    found = findings(run("/nowhere", "--output", "json"))
    assert {(each["state"], each["version"], each["path"]) for each in found} == {("missing", None, None)}


@pytest.mark.integration
def test_what_is_here_is_as_the_schema_says() -> None:
    found = findings(run(os.environ["PATH"], "--output", "json"))
    assert [each["program"] for each in found] == [program.name for program in PROGRAMS]
    (git,) = [each for each in found if each["program"] == "git"]
    assert (git["state"], bool(git["version"])) == ("ok", True)
