"""Baselines: what counts as the same problem, and files that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from deployer.errors import DeployerError
from deployer.fleet.problems import Problem
from deployer.fleet.schema import SCHEMAS
from deployer.rules.baseline import Baseline, Compared, read, write

if TYPE_CHECKING:
    from pathlib import Path

FILE = "config/clusters/campus/cluster.yaml"
VALUES = "config/clusters/campus/common.values.yaml"


def problem(message: str = "bad", line: int = 1, path: str = VALUES, rule: str = "render") -> Problem:
    return Problem(path=path, line=line, column=1, message=message, rule=rule)


def compared(tmp_path: Path, before: list[Problem], after: list[Problem]) -> Compared:
    write(tmp_path / "baseline.json", before)
    return read(tmp_path / "baseline.json").compare(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (problem(), problem(line=7)),
        (problem("is in line 3 too"), problem("is in line 13 too")),
        (problem("hub `a`: bad"), problem("hubs `a`, `b`: bad")),
        (problem("hubs `a`, `b`, `c` and 2 more: bad"), problem("hub `a`: bad")),
        (problem("hubs `a`, `b`: bad", path=FILE), problem("hubs `a`, `b`, `c` and 1 more: bad", path=FILE)),
    ],
)
def test_lines_that_move_and_hubs_that_come_and_go_make_no_new_problem(
    tmp_path: Path, before: Problem, after: Problem
) -> None:
    assert compared(tmp_path, [before], [after]) == Compared(new=(), known=1, gone=0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (problem(), problem("worse")),
        (problem(), problem(rule="chart-schema")),
        (problem(), problem(path=FILE)),
        (problem("hub `a`: bad", path=FILE), problem("hub `b`: bad", path=FILE)),
        (problem("takes 3 hubs"), problem("takes 4 hubs")),
    ],
)
def test_another_message_rule_file_or_hub_is_a_new_problem(
    tmp_path: Path, before: Problem, after: Problem
) -> None:
    assert compared(tmp_path, [before], [after]) == Compared(new=(after,), known=0, gone=1)


def test_what_is_there_more_often_than_it_was_is_new(tmp_path: Path) -> None:
    three = [problem(line=line) for line in (2, 4, 6)]
    assert compared(tmp_path, three[:2], three) == Compared(new=(three[2],), known=2, gone=0)
    assert compared(tmp_path, three, three[:1]) == Compared(new=(), known=1, gone=2)


def test_the_file_is_sorted_as_its_schema_says_and_always_the_same(tmp_path: Path) -> None:
    problems = [problem("worse"), problem(line=9), problem(line=2), problem(path=FILE)]
    write(tmp_path / "one.json", problems)
    write(tmp_path / "two.json", problems[::-1])
    text = (tmp_path / "one.json").read_text()
    assert text == (tmp_path / "two.json").read_text()
    content = json.loads(text)
    jsonschema.validate(content, json.loads((SCHEMAS / "baseline.schema.json").read_text()))
    assert content == {
        "version": 1,
        "problems": [
            {"path": FILE, "rule": "render", "message": "bad", "count": 1},
            {"path": VALUES, "rule": "render", "message": "bad", "count": 2},
            {"path": VALUES, "rule": "render", "message": "worse", "count": 1},
        ],
    }


def test_a_file_that_cannot_be_written_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "baseline.json"
    write(file, [problem()])
    before = file.read_text()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(file), "replace", full)
    with pytest.raises(DeployerError, match=r"baseline\.json cannot be written: No space left on device"):
        write(file, [])
    assert (file.read_text(), [path.name for path in tmp_path.iterdir()]) == (before, ["baseline.json"])


def test_a_link_keeps_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("baseline.json")
    write(tmp_path / "link.json", [])
    assert (tmp_path / "link.json").is_symlink()
    assert read(tmp_path / "baseline.json") == Baseline()


def test_a_missing_file_is_an_error_that_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DeployerError) as caught:
        read(tmp_path / "none.json")
    assert (caught.value.message, caught.value.hint) == (
        f"no such file: {tmp_path}/none.json",
        f"write it: `deployer validate --write-baseline {tmp_path}/none.json`",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not JSON"),
        ("\xff", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "must be a map, not a list"),
        ("{}", "missing key `version`"),
        ('{"version": 2, "problems": []}', "`version` must be `1`"),
        ('{"version": 1, "problems": [{}]}', "missing key `path` in `problems[0]`"),
        (
            '{"version": 1, "problems": [{"path": "a", "rule": "b", "message": "c", "count": 0}]}',
            "`problems[0].count` must be at least 1",
        ),
    ],
)
def test_a_malformed_file_is_an_error_that_says_how_to_mend_it(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(DeployerError) as caught:
        read(file)
    assert (caught.value.message, caught.value.hint) == (
        f"{file} is no baseline: {why}",
        f"write it anew: `deployer validate --write-baseline {file}`",
    )


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DeployerError, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_what_cannot_be_read_is_accepted_by_no_baseline() -> None:
    """Nothing could be said about a hub with such a file."""
    baseline = Baseline(everything=True)
    assert baseline.accepts(problem())
    assert not baseline.accepts(problem(rule="yaml"))
