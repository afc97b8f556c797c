"""git: what is asked and how, and what real repositories answer."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.tools import git
from deployer.tools.process import ProgramFailed, Programs
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP = Path("/repository")
GIT = ["git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "diff.relative=false", "-C"]


def test_what_is_asked_depends_on_no_settings_and_ends_no_name_early() -> None:
    runner = FakeRunner()
    at_top = [*GIT, "/repository"]
    runner.expected = deque(
        [
            Call(argv=[*GIT, "/repository/fleet", "rev-parse", "--show-toplevel"], stdout="/repository\n"),
            Call(argv=[*at_top, "rev-parse", "--quiet", "--verify", "main^{commit}"], stdout="aaaa\n"),
            Call(argv=[*at_top, "merge-base", "aaaa", "HEAD"], stdout="bbbb\n"),
            Call(
                argv=[
                    *(*at_top, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff"),
                    *("--ignore-submodules=none", "bbbb", "HEAD", "--"),
                ],
                stdout="fleet/b\nc\0fleet/a b\0",
            ),
            Call(
                argv=[
                    *(*at_top, "status", "--porcelain=v1", "-z", "--no-renames"),
                    *("--untracked-files=all", "--ignore-submodules=none"),
                ],
                stdout=" M fleet/a b\0?? new/\0",
            ),
        ]
    )
    found = git.changed_files(runner, TOP / "fleet", "main")
    assert found == (TOP / "fleet/a b", TOP / "fleet/b\nc", TOP / "new")
    assert runner.all_used()
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    assert runner.environments == [quiet] * 5


def test_what_git_says_is_told_when_nothing_better_is_known() -> None:
    runner = FakeRunner(
        deque(
            [
                Call(
                    argv=[*GIT, "/x", "rev-parse", "--show-toplevel"],
                    returncode=128,
                    stderr="fatal: detected dubious ownership in repository at '/x'\n",
                )
            ]
        )
    )
    with pytest.raises(ProgramFailed, match="dubious ownership"):
        git.work_tree(runner, Path("/x"))


@pytest.mark.integration
class TestWithGit:
    """Real repositories."""

    @pytest.fixture
    def runner(self, tmp_path: Path) -> Programs:
        home = tmp_path / "home"
        home.mkdir()
        # Settings that would make the answers differ for some users.
        (home / ".gitconfig").write_text(
            "[user]\n  name = a\n  email = a@example.org\n[diff]\n  relative = true\n  renames = copies\n"
            "  external = /bin/false\n  noprefix = true\n[core]\n  pager = /bin/false\n"
            "  fsmonitor = /bin/false\n  quotePath = true\n  hooksPath = /nowhere\n"
            "[status]\n  showUntrackedFiles = no\n[color]\n  ui = always\n[init]\n  defaultBranch = main\n"
            '[protocol "file"]\n  allow = always\n'
        )
        environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
        return Programs(environ=environ, interruption=Interruption())

    @pytest.fixture
    def repository(self, runner: Programs, tmp_path: Path) -> Path:
        """A repository with a commit on `main`, and a branch with nothing in it yet."""
        top = tmp_path / "repository"
        write(top, {"kept": "1\n", "edited": "1\n", "removed": "1\n", "fleet/old/name": "same\n"})
        self.git(runner, top, "init", "--quiet")
        self.commit(runner, top)
        self.git(runner, top, "checkout", "--quiet", "-b", "work")
        return top

    def git(self, runner: Programs, top: Path, *arguments: str) -> str:
        return runner.run(["git", "-C", str(top), *arguments]).stdout

    def commit(self, runner: Programs, top: Path) -> None:
        self.git(runner, top, "add", "--all")
        self.git(runner, top, "commit", "--quiet", "--message", "a commit")

    def changed(
        self, runner: Programs, directory: Path, revision: str = "main", **more: list[Path]
    ) -> set[str]:
        found = git.changed_files(runner, directory, revision, **more)
        return {path.relative_to(git.work_tree(runner, directory)).as_posix() for path in found}

    def test_nothing_changed(self, runner: Programs, repository: Path) -> None:
        assert self.changed(runner, repository) == set()

    def test_committed_staged_unstaged_and_untracked_changes_count(
        self, runner: Programs, repository: Path
    ) -> None:
        write(repository, {"committed": "1\n"})
        self.commit(runner, repository)
        write(repository, {"staged": "1\n"})
        self.git(runner, repository, "add", "staged")
        (repository / "removed").unlink()
        write(repository, {"edited": "2\n", "new in/ü %\n.yaml": "1\n"})
        assert self.changed(runner, repository / "fleet") == {
            "committed",
            "staged",
            "removed",
            "edited",
            "new in/ü %\n.yaml",
        }

    def test_a_renamed_directory_is_both_of_its_names(self, runner: Programs, repository: Path) -> None:
        self.git(runner, repository, "mv", "fleet/old", "fleet/new")
        assert self.changed(runner, repository) == {"fleet/old/name", "fleet/new/name"}

    def test_changes_of_others_since_the_branch_began_do_not_count(
        self, runner: Programs, repository: Path
    ) -> None:
        write(repository, {"ours": "1\n"})
        self.commit(runner, repository)
        self.git(runner, repository, "checkout", "--quiet", "main")
        write(repository, {"theirs": "1\n"})
        self.commit(runner, repository)
        self.git(runner, repository, "checkout", "--quiet", "work")
        assert self.changed(runner, repository) == {"ours"}

    def test_head_means_what_is_not_committed(self, runner: Programs, repository: Path) -> None:
        write(repository, {"committed": "1\n"})
        self.commit(runner, repository)
        write(repository, {"edited": "2\n"})
        assert self.changed(runner, repository, "HEAD") == {"edited"}

    def test_of_ignored_files_only_those_in_given_places_count(
        self, runner: Programs, repository: Path
    ) -> None:
        write(repository, {".gitignore": "*.local\n"})
        self.commit(runner, repository)
        write(repository, {"fleet/x.local": "1\n", "other/y.local": "1\n"})
        assert self.changed(runner, repository, "HEAD") == set()
        places = [repository / "fleet", repository / "not there"]
        assert self.changed(runner, repository, "HEAD", even_ignored=places) == {"fleet/x.local"}

    def test_a_submodule_that_moved_is_named(
        self, runner: Programs, repository: Path, tmp_path: Path
    ) -> None:
        module = tmp_path / "module"
        write(module, {"a": "1\n"})
        self.git(runner, module, "init", "--quiet")
        self.commit(runner, module)
        self.git(runner, repository, "submodule", "--quiet", "add", str(module), "charts")
        self.commit(runner, repository)
        write(repository, {"charts/a": "2\n"})
        assert self.changed(runner, repository, "HEAD") == {"charts"}

    def test_a_repository_that_is_reached_by_a_link_is_named_as_it_is(
        self, runner: Programs, repository: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(repository)
        write(repository, {"edited": "2\n"})
        assert git.changed_files(runner, tmp_path / "link", "main") == (repository / "edited",)

    def test_nothing_is_written(self, runner: Programs, repository: Path) -> None:
        """Neither the index is refreshed, which would race with a commit, nor is anything else."""
        # Of another second than the index's, or git could not tell an index written anew from the old one.
        os.utime(repository / "kept", (1, 1))
        os.utime(repository / ".git/index", (2, 2))
        before = state(repository / ".git")
        self.changed(runner, repository)
        assert state(repository / ".git") == before

    def test_outside_a_repository(self, runner: Programs, tmp_path: Path) -> None:
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, tmp_path, "main")
        assert caught.value.message == f"not in a git repository: {tmp_path}"
        assert caught.value.hint == "leave out `--changed-since` to check everything"

    @pytest.mark.parametrize("revision", ["mian", "", "--upload-pack=x", "main:kept", "main..work"])
    def test_what_is_no_revision(self, runner: Programs, repository: Path, revision: str) -> None:
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, repository, revision)
        assert caught.value.message == f"no such git revision: {revision}"
        assert caught.value.hint == "name a branch, a tag or a commit; `git fetch` gets new ones"

    def test_a_branch_that_only_the_remote_has(
        self, runner: Programs, repository: Path, tmp_path: Path
    ) -> None:
        clone = tmp_path / "clone"
        runner.run(["git", "clone", "--quiet", "--branch", "work", str(repository), str(clone)])
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, clone, "main")
        assert caught.value.hint == "did you mean `origin/main`?"

    def test_a_shallow_clone_lacks_the_revision_or_the_way_to_it(
        self, runner: Programs, repository: Path, tmp_path: Path
    ) -> None:
        write(repository, {"ours": "1\n"})
        self.commit(runner, repository)
        clone = tmp_path / "clone"
        source = repository.as_uri()
        runner.run(["git", "clone", "--quiet", "--depth=1", "--branch", "work", source, str(clone)])
        advice = (
            "this clone has only part of the history: run `git fetch --unshallow origin`, "
            "or say `fetch-depth: 0` where CI checks out"
        )
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, clone, "main")
        assert (caught.value.message, caught.value.hint) == ("no such git revision: main", advice)
        self.git(runner, clone, "fetch", "--quiet", "--depth=1", "origin", "main:main")
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, clone, "main")
        message = "no common history of the current commit and: main"
        assert (caught.value.message, caught.value.hint) == (message, advice)
        self.git(runner, clone, "fetch", "--quiet", "--unshallow", "origin")
        assert self.changed(runner, clone) == {"ours"}

    def test_unrelated_histories(self, runner: Programs, repository: Path) -> None:
        self.git(runner, repository, "checkout", "--quiet", "--orphan", "alone")
        write(repository, {"ours": "1\n"})
        self.commit(runner, repository)
        with pytest.raises(DeployerError) as caught:
            git.changed_files(runner, repository, "main")
        assert caught.value.hint == "name a revision that this branch came from"


def write(top: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def state(directory: Path) -> dict[str, tuple[int, int]]:
    found = sorted(directory.rglob("*"))
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in found}
