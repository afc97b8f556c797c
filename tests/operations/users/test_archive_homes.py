"""Archives of home directories, made for real: nothing goes that is not proved to be in one."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import socket
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.users import programs
from tests.operations.users.carrying_out import carry_out_here, plan_file
from tests.operations.users.fake_cluster import Killed

if TYPE_CHECKING:
    from collections.abc import Iterator

STAMP = "20261201T080000Z"


class Homes:
    """A volume with homes, and what is asked for on it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.root = directory / "volume"
        self.archives = self.root / "_archived"
        self.root.mkdir()

    def run(self, mode: str, *homes: str, stamp: str = STAMP, into: str = "_archived") -> dict[str, Any]:
        """Run a step; return what became of each home."""
        place = {"root": str(self.root), "homes": [[home, f"user of {home}"] for home in homes]}
        plan = {"stamp": stamp, "directory": into, "places": [place]}
        path = plan_file(self.directory, plan)
        done = carry_out_here("archive_homes", mode, path, directory=self.directory, environ={})
        assert done.status == 0, done.output
        return {each["home"]: each for each in done.told["homes"]}

    def statuses(self, mode: str, *homes: str, stamp: str = STAMP) -> list[str]:
        return [each["status"] for each in self.run(mode, *homes, stamp=stamp).values()]

    def make(self, home: str) -> Path:
        """A home with what homes have in them."""
        path = self.root / home
        (path / "work" / "deep").mkdir(parents=True)
        (path / "work" / "deep" / "big").write_bytes(os.urandom(3 << 20))
        (path / "work" / "empty").touch()
        (path / "work" / "same").hardlink_to(path / "work" / "deep" / "big")
        (path / "out").symlink_to("/etc/passwd")
        (path / "nowhere").symlink_to("gone")
        (path / "script").write_text("#!/bin/sh\n")
        (path / "script").chmod(0o4750)
        (path / "ä name\nof two lines").write_text("x")
        (path / os.fsdecode(b"not-utf8-\xff")).write_text("y")
        (path / ("long" * 60)).write_text("z")
        (path / "secret").mkdir(mode=0o700)
        os.utime(path / "script", (1_000_000_000, 1_000_000_000))
        return path

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.archives.iterdir()) if self.archives.exists() else []


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    return Homes(tmp_path)


def state(path: Path) -> dict[str, Any]:
    """What must be the same of a directory that was archived and unpacked."""
    found = {}
    for each in sorted((path, *path.rglob("*"))):
        stat = each.lstat()
        content = None
        if each.is_symlink():
            content = str(each.readlink()).encode()
        elif each.is_file():
            content = each.read_bytes()
        found[str(each.relative_to(path))] = (stat.st_mode, stat.st_uid, stat.st_nlink, content)
    return found


@pytest.mark.integration
def test_what_is_unpacked_is_the_home_as_it_was(homes: Homes, tmp_path: Path) -> None:
    home = homes.make("ada")
    before = state(home)
    told = homes.run("archive", "ada")["ada"]
    assert state(home) == before
    assert (told["status"], told["user"], told["skipped"]) == ("archived", "user of ada", [])
    archive = homes.archives / told["archive"]
    assert (archive.stat().st_size, archive.stat().st_mode & 0o777) == (told["bytes"], 0o600)
    assert homes.archives.stat().st_mode & 0o777 == 0o700
    assert homes.files == [f"ada.{STAMP}.json", f"ada.{STAMP}.tar.gz"]
    (tmp_path / "back").mkdir()
    subprocess.run(["tar", "-xpzf", str(archive), "-C", str(tmp_path / "back")], check=True)
    assert state(tmp_path / "back" / "ada") == before


def test_a_home_goes_when_its_archive_is_there(homes: Homes) -> None:
    homes.make("ada")
    homes.make("eve")
    homes.run("archive", "ada", "eve")
    assert homes.statuses("remove", "ada") == ["removed"]
    assert sorted(path.name for path in homes.root.iterdir()) == ["_archived", "eve"]
    assert json.loads((homes.archives / f"ada.{STAMP}.json").read_text())["removed"] == STAMP


def test_a_second_time_nothing_is_done_again(homes: Homes) -> None:
    homes.make("ada")
    homes.make("eve")
    homes.run("archive", "ada", "eve")
    homes.run("remove", "eve")
    archives = [path for path in homes.archives.iterdir() if path.suffix == ".gz"]
    before = [(path, path.stat().st_ino, path.read_bytes()) for path in archives]
    assert homes.statuses("archive", "ada", "eve", "nobody", stamp="later") == [
        "archived already",
        "removed",
        "absent",
    ]
    assert homes.statuses("remove", "ada", "eve", stamp="later") == ["removed", "removed"]
    assert before == [(path, path.stat().st_ino, path.read_bytes()) for path in archives]
    assert len(homes.files) == 4


def test_who_came_back_gets_a_second_archive_beside_the_first(homes: Homes) -> None:
    homes.make("ada")
    homes.run("archive", "ada")
    (homes.root / "ada" / "new").write_text("new")
    assert homes.run("remove", "ada")["ada"]["message"] == "it was changed since it was archived"
    assert homes.statuses("archive", "ada", stamp="20270101T080000Z") == ["archived"]
    assert [name for name in homes.files if name.endswith(".gz")] == [
        "ada.20261201T080000Z.tar.gz",
        "ada.20270101T080000Z.tar.gz",
    ]
    assert homes.statuses("remove", "ada") == ["removed"]


@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_nothing_goes_whose_archive_is_damaged(homes: Homes, damage: str) -> None:
    home = homes.make("ada")
    before = state(home)
    archive = homes.archives / homes.run("archive", "ada")["ada"]["archive"]
    content = bytearray(archive.read_bytes())
    if damage == "gone":
        archive.unlink()
    else:
        content[len(content) // 2] ^= 1
        archive.write_bytes(content[:-1] if damage == "cut" else content)
    assert homes.run("remove", "ada")["ada"]["status"] == "failed"
    assert state(home) == before


def test_nothing_goes_that_was_never_archived(homes: Homes) -> None:
    homes.make("ada")
    homes.make("ada.x")
    homes.run("archive", "ada.x")
    assert homes.run("remove", "ada")["ada"]["message"] == "it has no archive"
    assert (homes.root / "ada").is_dir()


@pytest.mark.parametrize("fault", ["disk", "lost", "other content", "shrinks"])
def test_an_archive_that_is_not_whole_gets_no_name(
    homes: Homes, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """What is written is read back: a disk that lies is found out."""
    home = homes.make("ada")
    homes.make("eve")
    fsync = os.fsync

    def spoil(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.name == "ada.20261201T080000Z.tar.gz.unfinished":
            if fault == "disk":
                raise OSError(28, "No space left on device")
            with path.open("r+b") as file:
                if fault == "lost":
                    file.truncate(path.stat().st_size // 2)
                elif fault == "other content":
                    with tarfile.open(path, "w:gz") as tar:
                        tar.add(home / "script", "ada")
                else:
                    (home / "script").write_text("")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spoil)
    told = homes.run("archive", "ada", "eve")
    assert [each["status"] for each in told.values()] == ["failed", "archived"]
    assert told["ada"]["message"]
    assert homes.files == [f"eve.{STAMP}.json", f"eve.{STAMP}.tar.gz"]
    assert homes.run("remove", "ada")["ada"]["message"] == "it has no archive"


def test_what_was_killed_is_begun_anew(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = homes.make("ada")
    before = state(home)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", killed)
        done = carry_out_here(
            "archive_homes", "archive", plan_of(homes, "ada"), directory=homes.directory, environ={}
        )
    assert done.status == 137
    assert homes.files == [f"ada.{STAMP}.tar.gz.unfinished"]
    assert homes.statuses("archive", "ada", stamp="later") == ["archived"]
    assert homes.files == ["ada.later.json", "ada.later.tar.gz"]

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        carry_out_here(
            "archive_homes", "remove", plan_of(homes, "ada"), directory=homes.directory, environ={}
        )
    assert state(homes.archives / "ada.later.tar.gz.leaving") == before
    assert homes.statuses("archive", "ada") == ["removed"]
    assert homes.files == ["ada.later.json", "ada.later.tar.gz"]


def killed(*_arguments: Any) -> None:
    raise Killed


def plan_of(homes: Homes, *names: str) -> str:
    place = {"root": str(homes.root), "homes": [[name, name] for name in names]}
    return plan_file(homes.directory, {"stamp": STAMP, "directory": "_archived", "places": [place]})


def test_no_other_home_is_filled_up(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    homes.make("ada")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10, 9, 1))
    told = homes.run("archive", "ada")["ada"]
    assert told["status"] == "failed"
    assert told["message"].startswith("no room for its archive: ")
    assert homes.files == []


def test_a_home_that_is_a_link_is_left_alone(homes: Homes) -> None:
    """What it leads to may be somebody else's."""
    homes.make("eve")
    (homes.root / "ada").symlink_to("eve")
    (homes.root / "bob").write_text("a file")
    told = homes.run("archive", "ada", "bob")
    assert [each["message"] for each in told.values()] == ["it is no directory", "it is no directory"]


@pytest.mark.parametrize("directory", ["_archived", "_archived/of/homes"])
def test_archives_do_not_follow_a_link(homes: Homes, directory: str) -> None:
    """Whoever has put it there could read or change them where it leads."""
    home = homes.make("ada")
    elsewhere = homes.directory / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.unfinished").touch()
    homes.archives.symlink_to(elsewhere)
    for mode in ("archive", "remove"):
        told = homes.run(mode, "ada", into=directory)["ada"]
        assert (told["status"], told["message"]) == (
            "failed",
            "the directory for archives is a link, or in one",
        )
    assert home.is_dir()
    assert [path.name for path in elsewhere.iterdir()] == ["mine.unfinished"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"home": "ada"}', "\udcff"])
def test_what_is_no_record_stops_no_home(homes: Homes, text: str) -> None:
    homes.make("ada")
    homes.make("eve")
    homes.archives.mkdir()
    (homes.archives / "ada.json").write_bytes(os.fsencode(text))
    assert homes.statuses("archive", "ada", "eve") == ["archived", "archived"]
    assert homes.statuses("remove", "ada", "eve") == ["removed", "removed"]


def test_what_no_archive_can_hold_is_told(homes: Homes) -> None:
    home = homes.make("ada")
    with socket.socket(socket.AF_UNIX) as server:
        directory = os.open(home, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{directory}/socket")
        os.close(directory)
        os.mkfifo(home / "pipe")
        assert homes.run("archive", "ada")["ada"]["skipped"] == ["ada/socket"]
    assert homes.statuses("remove", "ada") == ["removed"]


def test_homes_in_a_directory_of_the_volume_do_not_meet(homes: Homes) -> None:
    homes.make("a/x")
    homes.make("b/x")
    assert homes.statuses("archive", "a/x", "b/x") == ["archived", "archived"]
    assert homes.statuses("remove", "a/x") == ["removed"]
    assert (homes.root / "b" / "x").is_dir()
    assert homes.files[0] == f"a%2Fx.{STAMP}.json"


def changes(home: Path) -> Iterator[str]:
    """Change a home in each way that there is, and put it back."""
    yield "nothing"
    (home / "script").write_text("#!/bin/SH\n")
    yield "content"
    (home / "script").chmod(0o700)
    yield "mode"
    (home / "new").mkdir()
    yield "more"
    (home / "new").rename(home / "newer")
    yield "name"
    (home / "nowhere").unlink()
    (home / "nowhere").symlink_to("elsewhere")
    yield "link"


def test_any_change_of_a_home_is_seen(homes: Homes) -> None:
    home = homes.make("ada")
    text = programs.command("archive_homes", "x")[2]
    path = homes.directory / "program.py"
    path.write_text(text)
    looks = runpy.run_path(str(path))["looks"]
    seen = [looks(home) for _change in changes(home)]
    assert len(set(seen)) == len(seen) == 6
