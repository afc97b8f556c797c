"""Questions answered by options, else at a terminal, else by what is proposed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import click

from deployer.commands.terminal import shown
from deployer.fleet.spelling import near

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.commands.terminal import Terminal
    from deployer.operations.new.question import Answer, Asking, Question

T = TypeVar("T")
NOTHING = "-"
"""How people say that there is to be none, where something is proposed."""


@dataclass(kw_only=True)
class Answers:
    """Answers questions, each once: from what was `given` by flag, else from the `terminal`, if there is one.

    `command` is what people have typed so far, such as `deployer new hub`. Without a terminal, all that is
    missing is told at once.
    """

    command: str
    given: Mapping[str, Answer]
    terminal: Terminal | None
    asked: bool = False
    _used: list[tuple[Question, Answer]] = field(default_factory=list)
    _missing: list[Question] = field(default_factory=list)
    _wrong: list[str] = field(default_factory=list)

    def to(self, asking: Asking[T]) -> T:
        """Answer questions until what they are for is known.

        Raises:
            UsageError: there are answers that are wrong, and nobody to ask again.
        """
        try:
            question = next(asking)
            while True:
                question = asking.send(self._answer(question))
        except StopIteration as end:
            result: T = end.value
        return result

    def finish(self) -> None:
        """Refuse what is missing, wrong, or of no use.

        Raises:
            UsageError: with everything that there is to say, and a command that would do.
        """
        used = {question.flag for question, _ in self._used}
        idle = [flag for flag, answer in self.given.items() if answer and flag not in used]
        lines = [*self._wrong]
        if self._missing:
            # What was gone on with as an example is one choice of several, which are all told.
            guessed = {flag for question in self._missing for flag in _needed(question)}
            missing = [question for question in self._missing if question.flag not in guessed]
            named = ", ".join(question.flag for question in missing)
            lines.append(f"missing, and there is no terminal to ask at: {named}")
            lines += [_about(question) for question in missing]
            lines += _misspelt(idle, [question.flag for question in self._missing])
        # What is missing decides what else is asked for.
        elif idle and not self._wrong:
            lines.append(f"of no effect here, leave it out: {', '.join(idle)}")
        if lines:
            example = f"\nexample: {self.typed()}" if self._missing else ""
            raise click.UsageError("\n".join(lines) + example)

    def typed(self) -> str:
        """Return the command that gives the same answers without a question."""
        words = [self.command]
        arguments = [(q, a) for q, a in self._used if not q.flag.startswith("-")]
        options = [(q, a) for q, a in self._used if q.flag.startswith("-") and a != q.default]
        for question, answer in (*arguments, *options):
            for each in answer or (NOTHING,):
                flag = question.flag if question.flag.startswith("-") else ""
                joined = flag.endswith("=")
                words.append(
                    f"{flag}{shlex.quote(each)}" if joined else f"{flag} {shlex.quote(each)}".strip()
                )
        return " ".join(words)

    def _answer(self, question: Question) -> Answer:
        given = self.given.get(question.flag, ())
        if given:
            answer = () if given == (NOTHING,) else given
            wrong = question.wrong(answer)
            if wrong is None:
                return self._known(question, answer)
            if self.terminal is None or question.unasked:
                self._wrong.append(f"{question.flag} {wrong}")
            else:
                self.terminal.say(f"{question.flag} {wrong}")
        if self.terminal and not question.unasked:
            self.asked = True
            return self._known(question, self.terminal.ask(question))
        if question.default is None and not given:
            self._missing.append(question)
        # It goes on with what an answer may look like, to find what else is missing.
        return self._known(question, (question.example,) if question.default is None else question.default)

    def _known(self, question: Question, answer: Answer) -> Answer:
        self._used.append((question, answer))
        return answer


def _about(question: Question) -> str:
    listed = ", ".join(_choice(question, each) for each in question.choices)
    choices = f": {listed}" if listed else ""
    return f"  {question.flag}  {shown(question.text)}{choices}"


def _choice(question: Question, choice: str) -> str:
    needs = question.needs.get(choice, ())
    return f"{choice} (with {' and '.join(needs)})" if needs else choice


def _needed(question: Question) -> Iterator[str]:
    for flags in question.needs.values():
        yield from flags


def _misspelt(given: Sequence[str], missing: Sequence[str]) -> Iterator[str]:
    """Tell of settings that nobody asked for and that are almost one which is missing."""
    by_key = {_setting(flag): flag for flag in missing}
    for flag in given:
        meant = near(_setting(flag), by_key)
        if meant is not None:
            yield f"{flag} is unknown, did you mean {by_key[meant]}"


def _setting(flag: str) -> str:
    return flag.removeprefix("--auth ").rstrip("=")
