"""The maker of environments of their own: when it makes one, and when it does not."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

PYTHON = """#!/bin/sh
# Makes an environment whose Python is this program again; it tells what it is called with.
echo "$*" >>calls
case "$*" in
    "-m venv "*) mkdir -p .tools/moto/bin && cp "$0" .tools/moto/bin/python ;;
    *pip*) [ ! -e broken ] ;;
esac
"""
ONE_MAKING = [
    "-m venv --clear .tools/moto",
    "-m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/moto.txt",
]


@pytest.fixture
def root(repository: Path, tmp_path: Path) -> Path:
    """A copy of the tool with a lock, and a Python that installs nothing."""
    for name in ("tools", "requirements"):
        (tmp_path / name).mkdir()
    shutil.copy(repository / "tools/environment", tmp_path / "tools/environment")
    (tmp_path / "requirements/moto.txt").write_text("moto==1\n")
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(root: Path) -> int:
    return subprocess.run(
        [root / "tools/environment", "moto", root / "python"], capture_output=True
    ).returncode


def calls(root: Path) -> list[str]:
    return (root / "calls").read_text().splitlines()


def test_it_is_made_again_only_when_the_lock_changed(root: Path) -> None:
    assert (make(root), make(root)) == (0, 0)
    assert calls(root) == ONE_MAKING
    (root / "requirements/moto.txt").write_text("moto==2\n")
    assert make(root) == 0
    assert calls(root) == ONE_MAKING * 2


def test_a_half_made_one_is_made_again(root: Path) -> None:
    (root / "broken").touch()
    assert make(root) != 0
    (root / "broken").unlink()
    assert make(root) == 0
    assert calls(root) == ONE_MAKING * 2
