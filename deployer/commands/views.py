"""Views of progress on stderr: a live table in a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from deployer.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live
    from rich.text import Text

    from deployer.progress import Progress

_WORTH_TELLING = 1.0
"""Seconds from which a plain line tells how long a step took."""


def progress_view(environ: Mapping[str, str], *, verbosity: int) -> Progress:
    """Return the view for where stderr goes and for what the user asked to hear."""
    if verbosity < 0:
        return Silent()
    if sys.stderr.isatty() and not ({"CI", "NO_COLOR"} & environ.keys()) and environ.get("TERM") != "dumb":
        return LiveTable()
    return Lines(worth_telling=0 if verbosity else _WORTH_TELLING)


def duration(seconds: float) -> str:
    """Return seconds as people say them: `0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


@dataclass
class Lines:
    """One plain line an event, for logs. `worth_telling` are the seconds from which a duration is told."""

    worth_telling: float = _WORTH_TELLING

    def started(self, subject: str, step: str) -> None:
        """Write that a step begins."""
        self._write(subject, f"{step} ...")

    def noted(self, subject: str, text: str) -> None:
        """Write a note."""
        self._write(subject, text)

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        """Write how long a step took, or that it failed; quick successes go without saying."""
        if not ok:
            self._write(subject, f"{step}: failed after {duration(seconds)}")
        elif seconds >= self.worth_telling:
            self._write(subject, f"{step}: {duration(seconds)}")

    def _write(self, subject: str, text: str) -> None:
        # Who reads along may go away (`2>&1 | head`); the work goes on all the same.
        with suppress(OSError):
            click.echo(f"{subject}: {text}", err=True)


@dataclass
class _Running:
    step: str
    since: float
    note: str = ""


@dataclass
class LiveTable:
    """A line for each subject at work, redrawn in place; finished steps and notes scroll by above it."""

    _running: dict[str, _Running] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _live: Live | None = None

    def started(self, subject: str, step: str) -> None:
        """Show a step as running."""
        with self._lock:
            self._running[subject] = _Running(step, time.monotonic())
            self._show()

    def noted(self, subject: str, text: str) -> None:
        """Let a note scroll by."""
        self._print(subject, text)

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        """Let a finished step scroll by, and stop showing it."""
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        with self._lock:
            self._running.pop(subject, None)
            self._show()
        self._print(subject, step, mark=mark, end=f" [dim]{duration(seconds)}[/]")

    def _print(self, subject: str, text: str, *, mark: str = "[dim]·[/]", end: str = "") -> None:
        from rich.console import Console
        from rich.markup import escape

        console = self._live.console if self._live else Console(stderr=True)
        with suppress(OSError):
            console.print(f"{mark} [bold]{escape(subject)}[/] {escape(text)}{end}", highlight=False)

    def _show(self) -> None:
        from rich.console import Console
        from rich.live import Live

        if self._running and self._live is None:
            self._live = Live(self, console=Console(stderr=True), transient=True, refresh_per_second=8)
            self._live.start()
        elif not self._running and self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what is running now."""
        yield from (self._line(subject, running) for subject, running in list(self._running.items()))

    def _line(self, subject: str, running: _Running) -> Text:
        from rich.markup import escape
        from rich.text import Text

        seconds = duration(time.monotonic() - running.since)
        markup = f"[cyan]…[/] [bold]{escape(subject)}[/] [dim]{seconds}[/] {escape(running.step)}"
        line = Text.from_markup(markup, overflow="ellipsis")
        line.no_wrap = True  # a line that wraps in a narrow terminal would make the table jump
        return line
