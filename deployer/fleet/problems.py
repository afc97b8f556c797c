"""What is wrong with a fleet's configuration, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True, kw_only=True)
class Problem:
    """One thing to change. `path` is relative to the fleet's root; line and column count from 1.

    `rule` is the id of the rule that found it; a warning does not stop a deploy. The message is one line,
    whatever stands in the names that it repeats.
    """

    path: str
    line: int
    column: int
    message: str
    rule: str
    severity: Severity = "error"

    def __post_init__(self) -> None:
        """Write what would break the line, or command a terminal, as its escape."""
        object.__setattr__(self, "message", _printable(self.message))

    def __str__(self) -> str:
        """Return the line that `validate` prints."""
        warning = "warning: " if self.severity == "warning" else ""
        path = _printable(self.path)
        return f"{path}:{self.line}:{self.column}: {warning}{self.message} [{self.rule}]"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


class Identity(NamedTuple):
    """What stays the same of a problem while lines move and other hubs come to use its file."""

    path: str
    rule: str
    message: str


def identity(problem: Problem) -> Identity:
    """Return what a problem is recognised by in another run."""
    message = re.sub(r"\bline \d+", "line", problem.message)
    message = re.sub(r"^hubs (`[^`]*`(, )?)+( and \d+ more)?: ", "", message)
    if not problem.path.endswith("/cluster.yaml"):
        message = re.sub(r"^hub `[^`]*`: ", "", message)
    return Identity(problem.path, problem.rule, message)


class ConfigurationError(DeployerError):
    """The configuration has errors; nothing is done with it until they are gone."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problem for problem in problems if problem.severity == "error"))
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"the configuration has {counted(len(self.problems), 'error')}\n{lines}",
            hint="correct the files, then run `deployer validate`",
        )


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
