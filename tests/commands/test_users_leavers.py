"""What `deployer users leavers` and `deployer users archive` print where, and the exit code they give."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer.cli import run
from deployer.fleet.schema_files import whole
from deployer.operations.users import archive as archiving
from deployer.operations.users import leavers as leaving
from deployer.operations.users.archive import Archiving, Outcome, Result
from deployer.operations.users.leavers import Choice, Home, Leaver, Leavers
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from pathlib import Path

SEEN = datetime(2025, 3, 1, 12, tzinfo=UTC)
ADA = Leaver(user="ada", why="inactive", seen=SEEN, homes=(Home(place=0, path="ada"),))
ZOE = Leaver(user="zoe", why="cohort", seen=None, obstacle="the hub keeps no home")
HOMES = {"ada": ("ada",), "eve": ("eve",)}
DONE = {
    "home": "ada",
    "status": "archived",
    "archive": "ada.20261201T080000Z.tar.gz",
    "sha256": "0" * 64,
    "bytes": 10,
    "home_bytes": 20,
    "files": 3,
    "skipped": ["ada/socket"],
}


class Asked:
    """What operations were asked, and what they answer."""

    def __init__(self) -> None:
        self.choice = Choice()
        self.archiving: Archiving | None = None
        self.results: tuple[Result, ...] = ()
        self.leavers: tuple[Leaver, ...] = (ADA, ZOE)

    def found(self, hub: Any) -> Leavers:
        return Leavers(hub=hub, users=7, leavers=self.leavers, homes=HOMES, cohort_end=SEEN)

    def look(self, _connection: Any, hub: Any, choice: Choice, _now: datetime) -> Leavers:
        self.choice = choice
        return self.found(hub)

    def apply(self, archiving: Archiving) -> Outcome:
        self.archiving = archiving
        return Outcome(leavers=self.found(archiving.hub), results=self.results)

    def answers(self, *told: dict[str, Any]) -> None:
        self.results = tuple(Result(user="ada", status=each["status"], told=each) for each in told)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    made = Fleet(tmp_path)
    made.write("config/clusters/campus/research.values.yaml", "{}\n")
    return made


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked()
    monkeypatch.setattr("deployer.operations.access.connected", lambda *_given: nullcontext())
    monkeypatch.setattr(leaving, "look", made.look)
    monkeypatch.setattr(archiving.Archiving, "apply", lambda each: made.apply(each))  # noqa: PLW0108 a bound method is given no instance
    return made


def users(fleet: Fleet, command: str, *argv: str) -> int:
    return run(["--root", str(fleet.root), "users", command, "campus", "research", *argv])


LINES = "inactive  ada   2025-03-01     ada   -\ncohort    zoe   -              -     the hub keeps no home\n"
HEAD = "WHY       USER  LAST ACTIVITY  HOME  STAYS BECAUSE\n"


def test_who_has_left_goes_to_stdout(fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--inactive-days", "90", "--leave", "eve", "--leave", "bob", "--only", "ada"]
    assert users(fleet, "leavers", *argv) == 0
    out, err = capsys.readouterr()
    assert out == LINES
    assert err == f"{HEAD}2 of 7 users have left; homes of 1 have to stay\n"
    assert asked.choice == Choice(inactive_days=90, stay=frozenset({"eve", "bob"}), only=frozenset({"ada"}))


def test_without_yes_archiving_shows_what_it_would_do(
    fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert users(fleet, "archive") == 0
    out, err = capsys.readouterr()
    assert out == LINES
    assert err == (
        f"{HEAD}2 of 7 users have left; homes of 1 have to stay; nothing was changed\n"
        "hint: add `--yes` to archive their homes\n"
    )
    assert asked.archiving is None
    assert users(fleet, "archive", "--directory", "eve/old") == 1
    assert "archives cannot be in `eve/old`: the home of `eve` is `eve`" in capsys.readouterr().err


def test_what_was_archived_is_told(fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    asked.answers(DONE)
    assert users(fleet, "archive", "--yes") == 0
    out, err = capsys.readouterr()
    assert out == "archived  ada   ada   20     ada.20261201T080000Z.tar.gz\n"
    assert err == (
        "WHAT      USER  HOME  BYTES  ARCHIVE\n"
        "zoe: left alone: the hub keeps no home\n"
        "ada: sockets are in no archive: ada/socket\n"
        "homes: 1 archived\n"
        "hint: add `--remove-homes` to remove homes whose archives are proved\n"
    )
    assert asked.archiving is not None
    assert (asked.archiving.remove, asked.archiving.directory) == (False, "_archived")
    assert asked.archiving.clock().tzinfo is UTC


def test_what_was_removed_is_told_with_what_is_left_to_do(
    fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.answers({**DONE, "status": "removed", "skipped": []}, {"home": "more", "status": "absent"})
    assert users(fleet, "archive", "--yes", "--remove-homes", "--directory", "old") == 0
    err = capsys.readouterr().err
    assert err.endswith(
        "homes: 1 absent, 1 removed\nhint: accounts are still there: remove them on the hub's admin page\n"
    )
    assert asked.archiving is not None
    assert (asked.archiving.remove, asked.archiving.directory) == (True, "old")


@pytest.mark.parametrize("status", ["failed", "kept"])
def test_what_is_as_it_was_ends_with_1(
    fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    asked.answers({"home": "ada", "status": status, "message": "no room"})
    assert users(fleet, "archive", "--yes") == 1
    assert f"ada: {status}: no room\nhomes: 1 {status}\n" in capsys.readouterr().err


def test_names_of_files_say_nothing_to_the_terminal(
    fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["ada/\x1b[2J", "ada/two\nlines", "ada/\udcff", "ada/ä b"]
    failed = {"home": "ada", "status": "failed", "message": "Permission denied: ada/\x07"}
    asked.answers({**DONE, "skipped": names}, failed)
    assert users(fleet, "archive", "--yes") == 1
    err = capsys.readouterr().err
    assert r"ada: sockets are in no archive: ada/\x1b[2J, ada/two\nlines, ada/\udcff, ada/ä b" in err
    assert r"ada: failed: Permission denied: ada/\x07" in err


def test_nobody_left_is_no_mistake(fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    asked.leavers = ()
    assert users(fleet, "leavers") == users(fleet, "archive") == users(fleet, "archive", "--yes") == 0
    assert capsys.readouterr().err.splitlines()[-1] == "homes: none to archive"


def test_for_programs_it_is_as_its_schemas_say(
    fleet: Fleet, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert users(fleet, "leavers", "--output", "json") == 0
    said = json.loads(capsys.readouterr().out)
    jsonschema.validate(said, whole("users-leavers"))
    assert said["leavers"][0] == {
        "user": "ada",
        "why": "inactive",
        "last_activity": "2025-03-01T12:00:00+00:00",
        "homes": ["ada"],
        "bytes": None,
        "obstacle": None,
    }
    assert users(fleet, "archive", "--output", "json") == 0
    said = json.loads(capsys.readouterr().out)
    jsonschema.validate(said, whole("users-archive"))
    assert said["applied"] is None
    asked.answers(DONE, {"home": "more", "status": "kept", "message": "no room"})
    assert users(fleet, "archive", "--yes", "--output", "json") == 1
    said = json.loads(capsys.readouterr().out)
    jsonschema.validate(said, whole("users-archive"))
    assert said["applied"]["homes"][0] == {"user": "ada", **DONE}
