"""git: which files changed since a revision. Nothing is written, and the user's settings change no answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.tools.process import Result, Runner

_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
# What a user's settings could make of the answers: paths relative to somewhere else, a monitor that is asked.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "diff.relative=false")


def changed_files(
    runner: Runner, directory: Path, revision: str, *, even_ignored: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """Return the files that differ from where the work began: the newest ancestor shared with a revision.

    Changes count whether committed, staged or not, and so do new, deleted and untracked files. Of files that
    git ignores it cannot tell; those that lie in `even_ignored` places count as changed.

    Raises:
        ProgramMissing: git is not installed.
        DeployerError: the directory is in no repository, or the revision or its history is not there.
    """
    top = work_tree(runner, directory)
    start = _start(runner, top, revision)
    found = _listed(runner.run(committed_argv(top, start), env=_ENVIRONMENT))
    # Each entry of `git status` is two letters, a space and a name.
    found += [entry[3:] for entry in _listed(runner.run(uncommitted_argv(top), env=_ENVIRONMENT))]
    asked = [place for place in even_ignored if place.resolve().is_relative_to(top)]
    if asked:
        found += _listed(runner.run(ignored_argv(top, asked), env=_ENVIRONMENT))
    return tuple(sorted({top / name for name in found}))


def content_before(runner: Runner, directory: Path, revision: str, file: Path) -> str | None:
    """Return what a file said where the work began, None when it was not there.

    Raises:
        DeployerError: see changed_files.
    """
    top = work_tree(runner, directory)
    name = file.relative_to(top).as_posix()
    argv = _argv(top, "show", f"{_start(runner, top, revision)}:{name}")
    result = runner.run(argv, env=_ENVIRONMENT, check=False)
    return result.stdout if result.returncode == 0 else None


def work_tree(runner: Runner, directory: Path) -> Path:
    """Return the root of the repository that a directory is in, without symbolic links."""
    result = runner.run(_argv(directory, "rev-parse", "--show-toplevel"), env=_ENVIRONMENT, check=False)
    if result.returncode == 0:
        return Path(result.stdout.removesuffix("\n"))
    if "not a git repository" in result.stderr:
        raise DeployerError(
            f"not in a git repository: {directory}", hint="leave out `--changed-since` to check everything"
        )
    raise ProgramFailed(result)


def committed_argv(top: Path, start: str) -> list[str]:
    """Return the argument list that names what the commits since one changed."""
    plainly = ("--no-renames", "--no-ext-diff", "--ignore-submodules=none")
    return _argv(top, "diff", "--name-only", "-z", *plainly, start, "HEAD", "--")


def uncommitted_argv(top: Path) -> list[str]:
    """Return the argument list that names what differs from the current commit, and what git does not know.

    `git diff` with a work tree would write the index anew, whatever `GIT_OPTIONAL_LOCKS` says.
    """
    plainly = ("--no-renames", "--untracked-files=all", "--ignore-submodules=none")
    return _argv(top, "status", "--porcelain=v1", "-z", *plainly)


def ignored_argv(top: Path, places: Iterable[Path]) -> list[str]:
    """Return the argument list that names the ignored files in some places."""
    named = [str(place.resolve().relative_to(top)) for place in places]
    which = ("--others", "--ignored", "--exclude-standard")
    return _argv(top, "--literal-pathspecs", "ls-files", *which, "-z", "--", *named)


def _start(runner: Runner, top: Path, revision: str) -> str:
    commit = _commit(runner, top, revision)
    if commit is None:
        raise DeployerError(f"no such git revision: {revision}", hint=_advice(runner, top, revision))
    result = runner.run(_argv(top, "merge-base", commit, "HEAD"), env=_ENVIRONMENT, check=False)
    if result.returncode == 0:
        return result.stdout.strip()
    if result.returncode == 1:
        raise DeployerError(
            f"no common history of the current commit and: {revision}",
            hint=_if_shallow(runner, top) or "name a revision that this branch came from",
        )
    raise ProgramFailed(result)


def _commit(runner: Runner, top: Path, revision: str) -> str | None:
    if not revision or revision.startswith("-"):
        return None
    argv = _argv(top, "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
    result = runner.run(argv, env=_ENVIRONMENT, check=False)
    return result.stdout.strip() if result.returncode == 0 else None


def _advice(runner: Runner, top: Path, revision: str) -> str:
    if _commit(runner, top, f"origin/{revision}"):
        return f"did you mean `origin/{revision}`?"
    return _if_shallow(runner, top) or "name a branch, a tag or a commit; `git fetch` gets new ones"


def _if_shallow(runner: Runner, top: Path) -> str | None:
    argv = _argv(top, "rev-parse", "--is-shallow-repository")
    if runner.run(argv, env=_ENVIRONMENT).stdout.strip() != "true":
        return None
    return (
        "this clone has only part of the history: run `git fetch --unshallow origin`, "
        "or say `fetch-depth: 0` where CI checks out"
    )


def _argv(directory: Path, *arguments: str) -> list[str]:
    return ["git", "--no-pager", *_SETTINGS, "-C", str(directory), *arguments]


def _listed(result: Result) -> list[str]:
    return [name for name in result.stdout.split("\0") if name]
