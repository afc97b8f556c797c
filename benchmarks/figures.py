"""What was measured: two ways of doing a thing, taken in turn, and whether the promise is kept."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One promise, with the means of our way and of the other in seconds, where there are any."""

    name: str
    ours: float | None
    theirs: float | None
    result: str
    promise: str
    kept: bool


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(ways: Sequence[Callable[[int], float]], *, rounds: int) -> list[float]:
    """Return the mean of each way, measured in turn; who goes first changes with every round.

    A mean, not a median: a kubelet looks once a second, so that times come in steps of a second, of which a
    median takes one, and a mean tells how often each came. A way gets a number that no other call gets, and
    returns seconds.
    """
    seconds: list[list[float]] = [[] for _ in ways]
    for number in range(rounds):
        order = list(enumerate(ways))
        for index, way in order if number % 2 == 0 else reversed(order):
            seconds[index].append(way(number * len(ways) + index))
    return [statistics.fmean(taken) for taken in seconds]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for people."""
    rows = [("figure", "ours", "theirs", "result", "promise", "")]
    for figure in figures:
        ours, theirs = _shown(figure.ours), _shown(figure.theirs)
        kept = "kept" if figure.kept else "MISSED"
        rows.append((figure.name, ours, theirs, figure.result, figure.promise, kept))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _shown(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
