"""How work tells what it is doing: one stream of events, several views of it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress(Protocol):
    """Receives the events of a piece of work; must be safe to call from several threads.

    `subject` is what the work is about (a hub's name, a component), `step` a short phrase such as
    `upgrade release`. Steps of one subject never overlap; those of different subjects may.
    """

    def started(self, subject: str, step: str) -> None:
        """Tell that a step begins."""

    def noted(self, subject: str, text: str) -> None:
        """Tell something worth knowing within the current step of a subject."""

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        """Tell that a step ended, after how many seconds, and whether it succeeded."""


class Silent:
    """A Progress that nobody watches."""

    def started(self, subject: str, step: str) -> None:
        """Ignore."""

    def noted(self, subject: str, text: str) -> None:
        """Ignore."""

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        """Ignore."""


@contextmanager
def step(progress: Progress, subject: str, name: str) -> Iterator[None]:
    """Report the body of a `with` block as one step; it fails when the body raises."""
    start = time.monotonic()
    progress.started(subject, name)
    ok = False
    try:
        yield
        ok = True
    finally:
        progress.finished(subject, name, time.monotonic() - start, ok=ok)
