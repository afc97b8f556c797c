"""What `deployer infra plan`, `apply` and `refresh` say of what they found, and with which code they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deployer.commands.app import App
from deployer.commands.infra import told
from deployer.errors import DeployerError, Interrupted
from deployer.fleet.schema_files import whole
from deployer.operations.infra.changes import Change
from deployer.operations.infra.plan import Plan, ProtectedChanges
from deployer.operations.infra.several import Work

MADE = Change(address="aws_vpc.cluster[0]", type="aws_vpc", kind="create")
GONE = Change(address="aws_vpc.old", type="aws_vpc", kind="destroy", cause="cluster.yaml no longer names it")


def work(*changes: Change, name: str = "alps", **more: Any) -> Work[Plan]:
    plan = Plan(cluster=name, changes=changes, stopped=())
    return Work(name=name, found=plan, **more)


def test_a_plan_is_a_line_for_each_change_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    told.show_plans([work(GONE, MADE)], many=False)
    captured = capsys.readouterr()
    assert captured.out == (
        "create   aws_vpc.cluster[0]\ndestroy  aws_vpc.old (cluster.yaml no longer names it)\n"
    )
    assert captured.err == "alps: 1 to create, 1 to destroy\n"


def test_lines_of_several_plans_say_whose_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    told.show_plans([work(MADE), work(name="sea")], many=True)
    captured = capsys.readouterr()
    assert captured.out == "alps: create   aws_vpc.cluster[0]\n"
    assert captured.err.splitlines() == ["alps: 1 to create", "sea: nothing to do"]


def test_json_is_one_object_or_a_list_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    failed: Work[Plan] = Work(name="sea", error=DeployerError("no way there", hint="dig one"))
    said = [told.plan_json(each) for each in (work(GONE, MADE), failed)]
    told.echo(said, many=True)
    found = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("infra-plan")).iter_errors(found))
    assert [each["state"] for each in found["clusters"]] == ["planned", "failed"]
    told.echo(said[:1], many=False)
    assert json.loads(capsys.readouterr().out)["changes"][0]["protected"] == "network"


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([DeployerError("failed")], 1),
        ([ProtectedChanges("alps", [GONE])], 3),
        ([ProtectedChanges("alps", [GONE]), DeployerError("failed")], 1),
        ([DeployerError("failed"), Interrupted("interrupted")], 130),
    ],
)
def test_several_end_with_the_code_of_the_worst(
    errors: list[DeployerError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    works = [work(MADE, name=f"c{number}", error=error) for number, error in enumerate(errors)]
    assert told.end(App(environ={}), [*works, work(name="last")], many=True, done="planned") == code
    lines = capsys.readouterr().err.splitlines()
    assert sum(line.startswith("error: ") for line in lines) == len(errors)
    assert lines[-1].split()[:2] == ["last", "unchanged"]


def test_one_that_failed_is_raised_and_what_was_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    failed = work(MADE, error=DeployerError("failed"), written=Path("outputs.yaml"))
    with pytest.raises(DeployerError, match="failed"):
        told.end(App(environ={}), [failed], many=False, done="applied")
    assert capsys.readouterr().err == "wrote outputs.yaml: commit it\n"
    assert told.path(failed) == "outputs.yaml"
