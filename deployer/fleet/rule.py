"""What a rule is: a function that looks at something whole and yields what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem, Severity

S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class Finding(NamedTuple):
    """What a rule has found, and where: at a path of a document, or in a `line` of the text there, from 1."""

    document: Document
    at: KeyPath
    message: str
    line: int = 0


Placing = Callable[[Finding], Finding]


def as_found(finding: Finding) -> Finding:
    """Leave a finding where it is."""
    return finding


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[S_contra]):
    """One thing that `validate` looks for in a subject of kind `S_contra`.

    `summary` is a line, `why` the paragraphs that its page in the documentation adds. What is found while
    files are read has no `find`: those rules exist to be explained. Without a file that can be read nothing
    else is worth saying, so such a rule cannot be ignored.
    """

    id: str
    severity: Severity
    summary: str
    why: str = ""
    find: Callable[[S_contra], Iterator[Finding]] | None = None
    ignorable: bool = True

    def problems(self, subject: S_contra, placed: Placing = as_found) -> Iterator[Problem]:
        """Return what is wrong with a subject; `placed` may give a finding another place."""
        for finding in self.find(subject) if self.find else ():
            yield self.problem(placed(finding))

    def problem(self, finding: Finding) -> Problem:
        """Return what this rule has found as a problem, at its place."""
        return finding.document.problem(
            finding.at, finding.message, self.id, line=finding.line, severity=self.severity
        )


def rule(severity: Severity = "error") -> Callable[[Callable[[S], Iterator[Finding]]], Rule[S]]:
    """Make a rule of a function: the id is its name with dashes, the text its docstring."""

    def made(find: Callable[[S], Iterator[Finding]]) -> Rule[S]:
        return described(find.__name__.replace("_", "-"), find.__doc__ or "", severity, find=find)

    return made


def described(name: str, text: str, severity: Severity = "error", **more: Any) -> Rule[Any]:
    """Return a rule whose summary is the first line of a text, and whose reasons are the rest."""
    summary, _, why = cleandoc(text).partition("\n")
    return Rule(id=name, severity=severity, summary=summary, why=why.strip(), **more)
