"""What the script that pulls repositories does in a home, with the real git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    origin = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(origin))
    commit(origin, "first")
    return origin


def git(directory: Path, *argv: str) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *who, *argv], cwd=directory, check=True)


def commit(origin: Path, text: str) -> None:
    (origin / "notes.txt").write_text(text)
    git(origin, "add", "notes.txt")
    git(origin, "commit", "--quiet", "--message", text)


def pull(repository: Path, home: Path, *argv: str, path: str | None = None) -> str:
    """Run the script, which always ends well; return its log."""
    script = repository / "helm-charts/basehub/files/user/pull-repositories"
    environ = {"PATH": path or os.environ["PATH"], "HOME": str(home)}
    subprocess.run(["/bin/sh", str(script), *argv], env=environ, check=True, cwd="/")
    return (home / ".pull-repositories.log").read_text()


def test_a_repository_is_there_and_follows_its_origin(repository: Path, home: Path, origin: Path) -> None:
    said = pull(repository, home, "30", f"file://{origin}", "main", "course")
    assert said == f"course: from file://{origin}, branch main\n"
    assert (home / "course/notes.txt").read_text() == "first"
    commit(origin, "second")
    pull(repository, home, "30", f"file://{origin}", "main", "course")
    assert (home / "course/notes.txt").read_text() == "second"


def test_what_somebody_changed_stays(repository: Path, home: Path, origin: Path) -> None:
    pull(repository, home, "30", f"file://{origin}", "main", "course")
    (home / "course/notes.txt").write_text("mine")
    commit(origin, "second")
    assert pull(repository, home, "30", f"file://{origin}", "main", "course").endswith("course: not pulled\n")
    assert (home / "course/notes.txt").read_text() == "mine"


def test_without_a_network_the_others_are_pulled_and_the_server_starts(
    repository: Path, home: Path, origin: Path
) -> None:
    gone = ("https://127.0.0.1:1/gone", "main", "gone")
    said = pull(repository, home, "30", *gone, f"file://{origin}", "main", "course")
    assert "gone: not pulled\n" in said
    assert sorted(each.name for each in home.iterdir()) == [".pull-repositories.log", "course"]


def test_a_pull_that_takes_too_long_is_given_up(repository: Path, home: Path, tmp_path: Path) -> None:
    slow = tmp_path / "bin/git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    path = f"{slow.parent}:{os.environ['PATH']}"
    assert "course: not pulled" in pull(repository, home, "1", "https://x", "main", "course", path=path)


def test_gitpuller_is_used_where_the_image_has_it(repository: Path, home: Path, tmp_path: Path) -> None:
    puller = tmp_path / "bin/gitpuller"
    puller.parent.mkdir()
    puller.write_text('#!/bin/sh\necho "gitpuller $*"\n')
    puller.chmod(0o755)
    path = f"{puller.parent}:{os.environ['PATH']}"
    said = pull(repository, home, "30", "https://x", "main", "course", path=path)
    assert said == "course: from https://x, branch main\ngitpuller https://x main course\n"
