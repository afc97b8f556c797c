"""What a rule file says: its expressions, where it points, and whether its examples behave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from deployer.errors import DeployerError
from deployer.fleet.keypath import parse
from deployer.rules.own.budget import Budget
from deployer.rules.own.expression import Expression, NoAnswer
from deployer.rules.own.syntax import Malformed
from deployer.rules.own.values import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

Kind = Literal["cluster", "hub", "object"]
RULE = "own-rule"
SEEN: Mapping[Kind, tuple[str, ...]] = {
    "cluster": ("cluster",),
    "hub": ("values", "hub", "cluster"),
    "object": ("object", "values", "hub", "cluster"),
}
"""The variables of the expressions of each kind of rule."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERDICTS = {"valid": True, "invalid": False}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A rule file that can be used. `at` begins with the name of a variable; empty, it is the whole thing."""

    document: Document
    kind: Kind
    check: Expression
    where: Expression | None = None
    at: KeyPath = ()

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.document.path.stem

    def holds(self, variables: Mapping[str, Any], budget: Budget) -> bool | None:
        """Say whether nothing is wrong with what the variables say; None when nobody can tell.

        Raises:
            Undecided: an expression is neither true nor false.
        """
        applies = _answer("where", self.where, variables, budget) if self.where else True
        if applies:
            return _answer("check", self.check, variables, budget)
        return None if applies is None else True

    def problem(self, at: KeyPath, message: str, *, line: int = 0) -> Problem:
        """Return a problem of the rule file itself."""
        return self.document.problem(at, message, RULE, line=line)


class Undecided(Exception):
    """An expression of a rule has no answer: which one, and why."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"`{key}` cannot be answered: {why}")
        self.key = key


def define(document: Document, taken: Collection[str]) -> tuple[Definition | None, tuple[Problem, ...]]:
    """Return the rule of a file that is as its schema wants it, and what is wrong with it all the same.

    No rule can have an id that is `taken`.
    """
    reader = _Reader(document)
    definition = reader.definition()
    problems = [*reader.problems, *_misnamed(document, taken)]
    if definition and not problems:
        problems += _misbehaving(definition)
    return (None if problems else definition), tuple(problems)


def _answer(key: str, expression: Expression, variables: Mapping[str, Any], budget: Budget) -> bool | None:
    try:
        return expression.holds(variables, budget)
    except NoAnswer as error:
        raise Undecided(key, str(error)) from error


class _Reader:
    """Reads one rule file and collects the problems."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def definition(self) -> Definition | None:
        data = self.document.data
        kind: Kind = data["for"]
        where = self._expression("where", kind) if "where" in data else None
        check = self._expression("check", kind)
        at = self._place(kind) if "at" in data else ()
        if check is None:
            return None
        return Definition(document=self.document, kind=kind, check=check, where=where, at=at)

    def _expression(self, key: str, kind: Kind) -> Expression | None:
        try:
            return Expression.of(self.document.data[key], SEEN[kind])
        except Malformed as error:
            # Only in a literal block lines are lines; elsewhere the key is pointed at.
            self._complain((key,), error.message, line=error.line)
            return None

    def _place(self, kind: Kind) -> KeyPath:
        allowed = [name for name in SEEN[kind] if name != "object"]
        try:
            at = parse(self.document.data["at"])
        except DeployerError as error:
            self._complain(("at",), f"{error.message}: {error.hint}")
            return ()
        if at[:1] and at[0] not in allowed:
            *more, last = (f"`{name}`" for name in allowed)
            names = f"{', '.join(more)} or {last}" if more else last
            self._complain(("at",), f"a path of a rule for `{kind}` begins with {names}, not `{at[0]}`")
        return at

    def _complain(self, at: KeyPath, message: str, *, line: int = 0) -> None:
        self.problems.append(self.document.problem(at, message, RULE, line=line))


def _misnamed(document: Document, taken: Collection[str]) -> Iterator[Problem]:
    name = document.path.stem
    if not _ID.fullmatch(name):
        message = "the name of the file is the rule's id: lower-case letters, digits and `-` only"
        yield document.problem((), message, RULE)
    elif name in taken:
        yield document.problem((), f"`{name}` is a rule already: name the file otherwise", RULE)


def _misbehaving(rule: Definition) -> Iterator[Problem]:
    """Return the examples of which the rule does not say what they say."""
    for kind, right in _VERDICTS.items():
        for index, example in enumerate(rule.document.data["examples"][kind]):
            at = ("examples", kind, index)
            unseen = [name for name in example if name not in SEEN[rule.kind]]
            if unseen:
                message = f"a rule for `{rule.kind}` sees no `{unseen[0]}`"
                yield rule.problem((*at, unseen[0]), message)
                continue
            budget = Budget()
            source = Source(budget=budget)
            variables = {name: source.value(example.get(name, {})) for name in SEEN[rule.kind]}
            try:
                holds = rule.holds(variables, budget)
            except Undecided as error:
                yield rule.problem(at, f"of this example, {error}")
                continue
            if holds is not right:
                yield rule.problem(at, _verdict(holds))


def _verdict(holds: bool | None) -> str:
    if holds is None:
        return "of this example nobody can tell whether it is right: it has encrypted values"
    return f"the rule finds {'nothing' if holds else 'something'} wrong with this example"
