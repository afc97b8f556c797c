"""What is to be written for a new cluster or hub: checked as a fleet before, written all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.editing.writing import write
from deployer.fleet.load import load
from deployer.fleet.model import Fleet
from deployer.fleet.problems import identity
from deployer.operations.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from deployer.fleet.editing.drafts import Change, Drafts
    from deployer.fleet.problems import Problem
    from deployer.operations.validation.report import Report
    from deployer.session import Session

_CLUSTERS = "config/clusters"
_OF_SECRETS = ("oauth-client", "missing-password")
"""Rules that miss what is told as missing anyway, with what to type."""

_HOME_SERVER = "home-server"
_LATER = ("home-disk",)
"""Rules that miss what only people know of their cluster, which no question asks: told, and not refused."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """New files and edits, what people should know about them, and what to type next."""

    changes: tuple[Change, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()


def carry_out(plan: Plan) -> None:
    """Write all files of a plan, or none.

    Raises:
        DeployerError: a file is there already, is not any more what it was, or cannot be written.
    """
    write(plan.changes)


def present(session: Session, root: Path) -> tuple[Fleet, tuple[Problem, ...]]:
    """Return the fleet as it is, with its problems; one that does not exist yet has no clusters."""
    if not (root / _CLUSTERS).is_dir():
        return Fleet(root=root.absolute(), clusters=()), ()
    return load(root, state=session.state)


def prove(
    session: Session, drafts: Drafts, known: Iterable[Problem], like: Iterable[Problem] = ()
) -> tuple[str, ...]:
    """Check the fleet as it will be, and return what is told of it that was not told before.

    What is told of something that the new is `like` is not told once more, whatever file it is in.

    Raises:
        DeployerError: something would be wrong that is not wrong now.
    """
    _, problems = load(drafts.root, state=session.state, edited=drafts.after)
    return _only_warnings(problems, known, like)


def prove_hub(
    session: Session,
    drafts: Drafts,
    cluster: str,
    hub: str,
    *,
    complete: bool,
    like: Iterable[Problem] = (),
) -> tuple[str, ...]:
    """Check what the values of a new hub mean, and return what is told of them.

    One that is not `complete`, for it lacks what only people can encrypt, may be wrong for now.

    Raises:
        DeployerError: something is wrong with a complete one.
    """
    report = _report(session, drafts.root, drafts.after, cluster, hub)
    of_files = load(drafts.root, state=session.state, only=cluster, edited=drafts.after)[1]
    if complete:
        return (*_only_warnings(report.problems, of_files), *report.not_checked)
    found = _new(report.problems, of_files, like)
    return (*(str(each) for each in found if each.rule not in _OF_SECRETS), *report.not_checked)


def lacks_home_server(session: Session, drafts: Drafts, cluster: str, hub: str) -> bool:
    """Say whether a new hub has homes on a server of its own whose address is known after a first deploy."""
    report = _report(session, drafts.root, drafts.after, cluster, hub)
    return any(problem.rule == _HOME_SERVER for problem in report.problems)


def findings(session: Session, root: Path, cluster: str, hub: str) -> tuple[Problem, ...]:
    """Return what is wrong with the values of a hub that is there."""
    return _report(session, root, {}, cluster, hub).problems


def _report(session: Session, root: Path, edited: Mapping[Path, bytes], cluster: str, hub: str) -> Report:
    return validate(session, root, cluster=cluster, hubs=[hub], render=False, cached=False, edited=edited)


def _only_warnings(
    problems: Iterable[Problem], known: Iterable[Problem], like: Iterable[Problem] = ()
) -> tuple[str, ...]:
    found = _new(problems, known, like)
    errors = [each for each in found if each.severity == "error" and each.rule not in _LATER]
    if errors:
        lines = "\n".join(f"  {each}" for each in errors)
        raise DeployerError(
            f"nothing is written, for the fleet would not be right:\n{lines}",
            hint="answer otherwise, or correct what is there already",
        )
    return tuple(str(each) for each in found)


def _new(
    problems: Iterable[Problem], known: Iterable[Problem], like: Iterable[Problem] = ()
) -> list[Problem]:
    before = {identity(each) for each in known}
    elsewhere = {identity(each)[1:] for each in like}
    found = (each for each in problems if identity(each) not in before)
    return [each for each in found if identity(each)[1:] not in elsewhere]
