"""Writing files all together, or none of them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import Change
from deployer.fleet.editing.writing import write

BEFORE = {"a": b"1", "b": b"2", "c": b"3"}


@pytest.fixture
def changes(tmp_path: Path) -> list[Change]:
    """A change of each of three files."""
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)
    return [
        Change(path=tmp_path / name, name=name, before=before, after=before * 2)
        for name, before in BEFORE.items()
    ]


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_all_files_are_written_and_nothing_else_is_left(changes: list[Change], tmp_path: Path) -> None:
    write(changes)
    assert contents(tmp_path) == {"a": b"11", "b": b"22", "c": b"33"}


def test_a_file_keeps_its_mode(changes: list[Change], tmp_path: Path) -> None:
    (tmp_path / "a").chmod(0o640)
    write(changes)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_failure_at_any_file_leaves_all_as_they_were(
    changes: list[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    calls = []

    def replace(self: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == failing:
            raise OSError(errno.EROFS, "Read-only file system", str(target))
        os.replace(self, target)  # noqa: PTH105 as Path.replace does

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(DeployerError) as error:
        write(changes)
    place = tmp_path / "abc"[failing - 1]
    message = f"nothing is changed: {place} cannot be written: Read-only file system"
    assert (error.value.message, contents(tmp_path)) == (message, BEFORE)


def test_an_interrupt_between_two_files_leaves_all_as_they_were(
    changes: list[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def replace(self: Path, target: Path) -> None:
        os.replace(self, target)  # noqa: PTH105 as Path.replace does
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(changes)
    assert contents(tmp_path) == BEFORE


def test_a_full_disk_leaves_all_as_they_were(
    changes: list[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeployerError, match="nothing is changed: a file cannot be written: No space left"):
        write(changes)
    assert contents(tmp_path) == BEFORE


def test_a_file_that_somebody_else_changed_is_not_overwritten(changes: list[Change], tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"other")
    with pytest.raises(DeployerError, match="nothing is changed: c has become another meanwhile"):
        write(changes)
    assert contents(tmp_path) == {**BEFORE, "c": b"other"}


@pytest.fixture
def new(tmp_path: Path) -> Change:
    """A new file in a directory that is not there yet."""
    return Change(path=tmp_path / "x/y/new", name="x/y/new", before=None, after=b"new")


def test_a_new_file_gets_its_directories_and_the_mode_of_any_new_file(
    changes: list[Change], new: Change, tmp_path: Path
) -> None:
    write([*changes, new])
    (tmp_path / "other").touch()
    assert (tmp_path / "a").read_bytes() == b"11"
    assert contents(new.path.parent) == {"new": b"new"}
    assert new.path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_new_file_replaces_nothing(changes: list[Change], tmp_path: Path) -> None:
    with pytest.raises(DeployerError, match=r"nothing is changed: \S*/a has become another meanwhile"):
        write([*changes[1:], Change(path=tmp_path / "a", name="a", before=None, after=b"new")])
    assert contents(tmp_path) == BEFORE


def test_a_failure_leaves_neither_new_files_nor_their_directories(
    changes: list[Change], new: Change, tmp_path: Path
) -> None:
    (tmp_path / "c").write_bytes(b"other")
    with pytest.raises(DeployerError, match="c has become another meanwhile"):
        write([*changes, new])
    assert contents(tmp_path) == {**BEFORE, "c": b"other"}


def test_new_files_are_there_before_others_are_replaced_and_an_interrupt_takes_them_back(
    changes: list[Change], new: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = []

    def replace(self: Path, target: Path) -> None:
        os.replace(self, target)  # noqa: PTH105 as Path.replace does
        replaced.append(target)
        assert new.path.exists() or len(replaced) > 1
        if len(replaced) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write([*changes, new])
    assert contents(tmp_path) == BEFORE
