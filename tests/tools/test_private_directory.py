"""Private directories, and what is left of those whose process was killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from deployer.tools.private_directory import private_directory, remove_abandoned

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(place: Path, name: str, *, age: float = 3600) -> Path:
    """Leave a directory with a secret behind, as a killed process would."""
    directory = place / name
    directory.mkdir()
    (directory / ".in-use").touch()
    (directory / "kubeconfig").write_text("secret")
    os.utime(directory, (0, directory.stat().st_mtime - age))
    return directory


def test_it_is_private_and_goes() -> None:
    with private_directory() as directory:
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not directory.exists()


def test_what_a_killed_process_left_goes_with_the_next(place: Path) -> None:
    directory = left(place, "deployer-killed")
    with private_directory():
        assert not directory.exists()


def test_what_is_in_use_or_new_or_not_of_this_kind_stays(place: Path) -> None:
    used, new, other = left(place, "deployer-a"), left(place, "deployer-b", age=0), left(place, "other")
    with (used / ".in-use").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_abandoned(place)
    assert [path for path in (used, new, other) if not path.exists()] == []


def test_a_living_ones_directory_stays_when_another_starts(place: Path) -> None:
    with private_directory() as first:
        os.utime(first, (0, 0))
        with private_directory():
            assert first.exists()
