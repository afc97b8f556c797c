"""Asking people at a terminal, whatever its width."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from deployer.errors import DeployerError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.interruption import Interruption
    from deployer.operations.new.question import Answer, Question

_TRIES = 4
_ROOM = 30
"""Columns that an answer should have beside its question."""
_MANY = 12
"""From so many choices on, they are shown only to who asks."""
_EXPLAIN = "?"
_NOTHING = "-"


def at_hand() -> bool:
    """Say whether there is somebody at a terminal to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """Asks at the terminal: on stderr, for stdout is data. Being interrupted ends a question at once."""

    interruption: Interruption

    def say(self, text: str) -> None:
        """Say something, in lines that fit the terminal."""
        for line in _wrapped(text):
            click.echo(line, err=True)

    def ask(self, question: Question) -> Answer:
        """Return a right answer; a wrong one is asked for again, but not for ever.

        Raises:
            UsageError: nothing right was answered.
            Abort: the terminal has gone, or somebody typed Ctrl-D.
            KeyboardInterrupt: somebody typed Ctrl-C.
        """
        if 0 < len(question.choices) < _MANY:
            self._choices(question)
        for _ in range(_TRIES):
            answer = self._explained(question)
            wrong = question.wrong(answer)
            if wrong is None:
                return answer
            self.say(f"{wrong[:1].upper()}{wrong[1:]}.")
        raise click.UsageError(f"no answer to: {question.text}; `{question.flag}` gives one")

    def agreed(self, text: str) -> bool:
        """Ask whether to go on; who only presses enter agrees, and what is not understood is a no."""
        for _ in range(_TRIES):
            answer = self._line(f"{text} [Y/n]: ").strip().lower()
            if answer in ("", "y", "yes", "n", "no"):
                return not answer.startswith("n")
        return False

    def sure(self, text: str) -> None:
        """Ask whether to go on with what can't be undone: only a plain yes is one.

        Raises:
            Interrupted: it was no, or Ctrl-C, or nothing that could be understood.
        """
        for _ in range(_TRIES):
            answer = self.typed(f"{text} [y/N]").lower()
            if answer in ("y", "yes"):
                return
            if answer in ("", "n", "no"):
                break
        raise Interrupted("interrupted", hint="nothing was done")

    def typed(self, text: str) -> str:
        """Return what somebody types.

        Raises:
            Interrupted: it was Ctrl-C, or the terminal has gone.
        """
        try:
            return self._line(f"{text}: ").strip()
        except (click.Abort, KeyboardInterrupt):
            click.echo(err=True)
            raise Interrupted("interrupted", hint="nothing was done") from None

    def _explained(self, question: Question) -> Answer:
        while True:
            text = self._read(question)
            if text != _EXPLAIN:
                return _answer(question, text)
            self.say(question.explanation)
            if question.choices:
                self._choices(question)
            else:
                self.say(f"Example: {question.example}")

    def _read(self, question: Question) -> str:
        *above, prompt = _prompt(question, _width())
        for line in above:
            click.echo(line, err=True)
        return self._line(prompt).strip()

    def _line(self, prompt: str) -> str:
        click.echo(prompt, err=True, nl=False)
        with self.interruption.listening(_stop), _signals() as heard:
            select.select([sys.stdin, heard], [], [])
            line = sys.stdin.readline()
        if not line:
            click.echo(err=True)
            raise click.Abort
        return line

    def _choices(self, question: Question) -> None:
        for name, description in question.choices.items():
            self.say(f"  {name}  {description}".rstrip())


def shown(text: str) -> str:
    """Return a question's text as a part of a sentence."""
    return text[:1].lower() + text[1:]


@contextmanager
def _signals() -> Iterator[int]:
    """Yield a file that can be read once a signal has come: one just before a read would not end it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


def _stop(_requests: int) -> None:
    raise KeyboardInterrupt


def _answer(question: Question, text: str) -> Answer:
    if not text:
        return question.default or ()
    if text == _NOTHING:
        return ()
    parts = text.split(",") if question.several else [text]
    return tuple(part.strip() for part in parts if part.strip())


def agreed(interruption: Interruption, question: str) -> None:
    """Return when somebody says yes.

    Raises:
        DeployerError: nobody is there to ask.
        Interrupted: the answer is no, or Ctrl-C.
    """
    if not sys.stdin.isatty():
        raise DeployerError("nobody is there to ask whether to go on", hint="say `--yes`; nothing was done")
    Terminal(interruption=interruption).sure(question)


def _prompt(question: Question, width: int) -> Iterator[str]:
    """Yield the lines of a question; the last is the one that is answered in."""
    several = ", with commas between" if question.several else ""
    nothing = f" ({_NOTHING} for none)" if question.optional and question.default else ""
    proposed = ", ".join(question.default or ()) or ("none" if question.default == () else "")
    default = f" [{proposed}]" if proposed else ""
    line = f"{question.text}{several}{nothing}{default}: "
    if len(line) + min(_ROOM, width // 3) <= width:
        yield line
        return
    yield from _wrapped(f"{question.text}{several}{nothing}")
    # A host name is not broken in two: who has to read it would not know where.
    yield from ([default.strip()] if default else [])
    yield "> "


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip(" ")))
        yield from textwrap.wrap(
            line.strip(),
            width=max(10, _width() - 1),
            initial_indent=indent,
            subsequent_indent=indent + ("  " if indent else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _width() -> int:
    return shutil.get_terminal_size().columns
